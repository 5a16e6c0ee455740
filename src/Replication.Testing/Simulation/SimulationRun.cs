using Replication.Raft;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Pages;
using Replication.Testing.Simulation.Subjects;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation;

/// <summary>Runs a cluster through a plan of faults: first faults, then healing, then it must make progress; at last
/// it is
/// checked what its clients saw.</summary>
internal static class SimulationRun
{
    private const long Millisecond = 1_000_000;
    private const long Second = 1000 * Millisecond;

    // After healing: reconnecting, an election with its retries, catching up.
    private const long LivenessNanoseconds = 60 * Second;
    private const long SettleNanoseconds = 20 * Second;
    private const int SettleRoundsMax = 60;

    /// <summary>Runs. The result depends on the arguments alone.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="plan">The faults.</param>
    /// <param name="trace">Takes lines about what happens; null for none.</param>
    public static SimulationResult Execute(SimulationConfig config, FaultPlan plan, Action<string>? trace = null) =>
        Execute(new SimulationCase(config, plan), trace);

    /// <summary>Runs. The result depends on the case and the subject alone.</summary>
    /// <param name="run">What the run follows from.</param>
    /// <param name="trace">Takes lines about what happens; null for none.</param>
    /// <param name="recording">Takes down what happens, for a picture; null for none.</param>
    /// <param name="subject">What is simulated; null for the key-value store.</param>
    public static SimulationResult Execute(
        SimulationCase run, Action<string>? trace = null, RunRecording? recording = null,
        SimulationSubject? subject = null)
    {
        // What the stores await must complete on this thread: a context would take it elsewhere.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            SimulatedCluster cluster = new(run, subject ?? new KeyValueSubject(), trace, recording);
            Run(cluster);
            SimulationResult result = ResultOf(cluster, run);
            recording?.Finish(cluster);
            return result;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static void Run(SimulatedCluster cluster)
    {
        foreach (SimulatedNode node in cluster.Nodes)
        {
            node.StartAt(0);
        }

        NoteShape(cluster);
        cluster.Workload.Begin();
        cluster.Injector.Begin();
        cluster.RunUntil(cluster.Config.SafetyMilliseconds * Millisecond);
        cluster.Write("heal");
        cluster.Recording?.Healed(cluster.Now);
        cluster.Injector.HealAll();
        cluster.Workload.Stop();
        if (!CatchUp(cluster))
        {
            cluster.Violate("catch-up", "replicas did not catch up while nobody wrote: " + Rows(cluster));
            return;
        }

        ProgressProbe progress = new(cluster);
        progress.Begin();
        bool hasProgress = cluster.RunUntil(
            cluster.Now + LivenessNanoseconds,
            () => progress.HasProgress && Array.TrueForAll(cluster.Groups, group => group.Leader is not null));
        if (!hasProgress)
        {
            cluster.Violate("liveness", $"no progress within {LivenessNanoseconds / Second} s after healing: "
                + Rows(cluster));
            return;
        }

        if (!cluster.RunUntil(cluster.Now + SettleNanoseconds, () => cluster.Workload.IsIdle))
        {
            cluster.Violate("liveness", $"operations still wait {SettleNanoseconds / Second} s after healing");
            return;
        }

        if (!Converge(cluster))
        {
            cluster.Violate("convergence", "replicas did not converge: " + Rows(cluster));
            return;
        }

        Array.ForEach(cluster.Groups, group => CheckDigests(cluster, group));
        if (!cluster.Config.HasFinalReads)
        {
            return;
        }

        cluster.Workload.BeginFinalReads();
        if (!ReadAll(cluster))
        {
            cluster.Violate("liveness", "the final reads did not end");
        }
    }

    private static void NoteShape(SimulatedCluster cluster)
    {
        if (cluster.Config.Nodes == 1)
        {
            cluster.Probes.Reached(Probes.Probe.OneNodeCluster);
        }
        else if (cluster.Config.Nodes == 2)
        {
            cluster.Probes.Reached(Probes.Probe.TwoNodeCluster);
        }

        if (cluster.Config.Nodes % 2 == 0)
        {
            cluster.Probes.Reached(Probes.Probe.EvenCluster);
        }

        if (cluster.Groups.Length > 1)
        {
            cluster.Probes.Reached(Probes.Probe.SeveralGroups);
        }
    }

    // What got lost before healing must be sent again by itself: no further write may be needed for that.
    private static bool CatchUp(SimulatedCluster cluster) =>
        cluster.RunUntil(cluster.Now + LivenessNanoseconds, () => HaveConverged(cluster))
        || cluster.Violation is not null || Converge(cluster);

    // However far behind a replica is, it must come nearer: a small window over a long way takes its time.
    private static bool Converge(SimulatedCluster cluster)
    {
        long before = -1;
        for (int round = 0; round < SettleRoundsMax && Progress(cluster) > before; round++)
        {
            before = Progress(cluster);
            if (cluster.RunUntil(cluster.Now + SettleNanoseconds, () => HaveConverged(cluster)))
            {
                return true;
            }
        }

        return false;
    }

    // One client reads one thing after the other: over slow links many keys take their time.
    private static bool ReadAll(SimulatedCluster cluster)
    {
        int before = -1;
        while (cluster.Workload.Records.Count > before)
        {
            before = cluster.Workload.Records.Count;
            if (cluster.RunUntil(cluster.Now + LivenessNanoseconds, () => cluster.Workload.HasReadAll))
            {
                return true;
            }
        }

        return false;
    }

    // A log that is behind grows long before anything of it is committed. Elections append as well: hence the limit.
    private static long Progress(SimulatedCluster cluster) => cluster.Groups.Sum(group => group.Oracle.Appends)
        + cluster.Nodes.Sum(node => node.Process?.Applied ?? 0);

    private static bool HaveConverged(SimulatedCluster cluster)
    {
        foreach (SimulatedGroup group in cluster.Groups)
        {
            if (!HasConverged(cluster, group))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasConverged(SimulatedCluster cluster, SimulatedGroup group)
    {
        if (group.Leader is not { } leader)
        {
            return false;
        }

        foreach (SimulatedNode node in cluster.Nodes)
        {
            if (node.IsLost)
            {
                continue;
            }

            if (node.Process?.Replicas[group.Index].Group is not { } replica
                || replica.AppliedId != leader.RaftOf(group).LastLogId
                || replica.Raft.CommitIndex != leader.RaftOf(group).CommitIndex)
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckDigests(SimulatedCluster cluster, SimulatedGroup group)
    {
        ulong? first = null;
        foreach (SimulatedNode node in cluster.Nodes.Where(node => node.IsAlive))
        {
            GroupReplica replica = node.Process!.Replicas[group.Index];
            ulong digest = replica.StateDigest();
            first ??= digest;
            if (digest != first)
            {
                group.Oracle.Violate(
                    "convergence", $"node {node.Number} has another state at {node.RaftOf(group).CommitIndex}");
            }

            if (replica.WrongSessions() is { } wrong)
            {
                group.Oracle.Violate("session-accounts", $"node {node.Number}: {wrong}");
            }

            cluster.Note(digest);
        }
    }

    private static string Rows(SimulatedCluster cluster) => string.Join("; ", cluster.Nodes.Select(node =>
        node.Process is { } process ? string.Join(", ", process.Replicas.Select(Row))
            : $"{node.Number}: {(node.IsLost ? "lost" : "down")}"));

    private static string Row(GroupReplica replica)
    {
        RaftStatus raft = replica.Group.Raft;
        SimulatedNode node = replica.Process.Node;
        return $"{node.Number}{node.Cluster.Suffix(replica.Of)}: {raft.Role} term {raft.CurrentTerm} log "
            + $"{raft.LastLogId} commit {raft.CommitIndex} applied {replica.Group.AppliedId} leader {raft.Leader}";
    }

    private static SimulationResult ResultOf(SimulatedCluster cluster, SimulationCase run)
    {
        Verdict histories = Verdict.Unknown("Not checked.");
        if (cluster.Violation is null)
        {
            List<Verdict> verdicts = [];
            foreach ((string rule, Verdict verdict) in cluster.Workload.Verdicts())
            {
                verdicts.Add(verdict);
                if (verdict.Validity == Validity.Invalid)
                {
                    // The others would search long through a history that is wrong anyway.
                    cluster.Violate(rule, verdict.Reason);
                    break;
                }
            }

            histories = Verdict.All([.. verdicts]);
        }

        SimulationViolation? violation = cluster.Violation;
        return new SimulationResult
        {
            Case = run,
            Violation = violation,
            Verdict = violation is not null ? Verdict.Invalid(violation.ToString()) : Vacuity(cluster, histories),
            Hash = cluster.Hash,
            Events = cluster.EventCount,
            Nanoseconds = cluster.Now,
            Probes = cluster.Probes,
            Effects = cluster.Injector.Effects,
            Elections = cluster.Groups.Sum(group => group.Oracle.Elections),
            Operations = cluster.Workload.Records,
            Waiting = run.Calls is null ? cluster.Workload.Waiting() : [],
        };
    }

    // A run in which nothing succeeded, or in which no planned fault had an effect, shows nothing.
    private static Verdict Vacuity(SimulatedCluster cluster, Verdict histories)
    {
        // What succeeds after healing says nothing about the time of faults.
        long end = cluster.Config.SafetyMilliseconds * Millisecond;
        OperationRecord[] records = [.. cluster.Workload.Records.Where(record => record.InvokedAt < end)];
        int ok = records.Count(record => record.Outcome == HistoryEventType.Ok && record.CompletedAt < end);
        if (ok * 10 < records.Length || ok == 0)
        {
            return Verdict.Unknown($"Only {ok} of {records.Length} operations succeeded.");
        }

        if (histories.Validity == Validity.Unknown)
        {
            return histories;
        }

        return cluster.Injector.HadPlan && cluster.Injector.Effects.All(count => count == 0)
            ? Verdict.Unknown("No fault of the plan had an effect.")
            : Verdict.Valid($"{ok} of {records.Length} operations succeeded, none of them wrongly.");
    }
}
