package olympus.server.group;

import java.util.Map;

/**
 * What a newcomer is given. Its text shows no key.
 *
 * @param realm everything that one owner runs
 * @param island whose server it becomes
 * @param group of the replicated log
 * @param member its name in the group
 * @param authority the files of the realm's authorities
 * @param islandKey the key of the island's secrets
 * @param adminToken the administrator's token, which is the same on each server
 */
public record JoinAnswer(
        String realm,
        String island,
        String group,
        String member,
        Map<String, String> authority,
        String islandKey,
        String adminToken) {

    public JoinAnswer {
        authority = Map.copyOf(authority);
    }

    @Override
    public String toString() {
        return "JoinAnswer[%s, %s]".formatted(island, member);
    }
}
