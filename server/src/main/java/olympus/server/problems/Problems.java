package olympus.server.problems;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What does not work at present although the server serves, one sentence for each subject; shown by
 * status and doctor.
 *
 * <p>Threading: any. Limit: {@link #MAX_SUBJECTS}; further ones are not kept, only logged by who
 * tells them.
 */
public final class Problems {

    static final int MAX_SUBJECTS = 100;

    private final ConcurrentSkipListMap<String, String> sentences = new ConcurrentSkipListMap<>();

    /** From now on {@code sentence} holds for {@code subject}; true when it did not before. */
    public synchronized boolean tell(String subject, String sentence) {
        if (sentences.size() >= MAX_SUBJECTS && !sentences.containsKey(subject)) {
            return false;
        }
        return !sentence.equals(sentences.put(subject, sentence));
    }

    /** {@code subject} is as it should be. */
    public synchronized void passed(String subject) {
        sentences.remove(subject);
    }

    public List<String> all() {
        return List.copyOf(sentences.values());
    }
}
