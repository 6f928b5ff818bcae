package olympus.agent.internal;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import olympus.agent.Brake;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
import olympus.link.AgentSide;

/**
 * What a {@link Supervisor} works with.
 *
 * @param blocking runs what may block
 * @param lacks what this machine lacks, for the report
 * @param changed called when a report is due
 * @param happened called when an event is to be sent
 */
record SupervisorParts(
        AgentSide.Identity identity,
        String bootId,
        Clock clock,
        RandomGenerator random,
        EventLoop loop,
        Executor blocking,
        InstanceFolders folders,
        AssignmentFile assignments,
        SealedSecrets secrets,
        Pauses pauses,
        EventJournal events,
        RunOutput output,
        Brake brake,
        HeldLeases leases,
        Supplier<List<String>> lacks,
        Runnable changed,
        Runnable happened) {}
