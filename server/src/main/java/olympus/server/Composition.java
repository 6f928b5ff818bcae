package olympus.server;

/** Everything that runs in this process. */
interface Composition extends AutoCloseable {

    /** Ends every instance, where that was wanted with the clean stop. */
    void stopServicesIfWanted();

    /** Stops in the opposite order of the start; instances go on. */
    @Override
    void close();
}
