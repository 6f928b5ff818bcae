package olympus.engine;

/** A file to be put into a container. */
public final class FileContent {

    private final String path;
    private final byte[] content;
    private final int mode;
    private final long uid;
    private final long gid;

    /**
     * @param path absolute, in the container
     * @param mode permission bits
     */
    public FileContent(String path, byte[] content, int mode, long uid, long gid) {
        this.path = path;
        this.content = content.clone();
        this.mode = mode;
        this.uid = uid;
        this.gid = gid;
    }

    public String path() {
        return path;
    }

    public byte[] content() {
        return content.clone();
    }

    public int mode() {
        return mode;
    }

    public long uid() {
        return uid;
    }

    public long gid() {
        return gid;
    }

    /** Its content may be a secret. */
    @Override
    public String toString() {
        return "FileContent[" + path + "]";
    }
}
