using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Wal;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Subjects;

namespace Replication.Simulation.Tests.Parts;

/// <summary>Three real nodes that have committed something, for oracles that look at nodes.</summary>
internal static class CommittedCluster
{
    private const long Second = 1_000_000_000;

    /// <summary>Starts three nodes, one of them gone for good, if wanted, before anything was written.</summary>
    public static SimulatedCluster Start(int absent = 0)
    {
        SimulationConfig config = new() { Seed = 3, Nodes = 3, IsDeep = true };
        SimulatedCluster cluster = new(
            new SimulationCase(config, FaultPlan.None, []), new KeyValueSubject(), null, null);
        foreach (SimulatedNode node in cluster.Nodes.Where(node => node.Number != absent))
        {
            node.StartAt(0);
        }

        RunUntil(cluster, () => cluster.Groups[0].Oracle.Committed > 0);
        return cluster;
    }

    /// <summary>Runs until something holds.</summary>
    public static void RunUntil(SimulatedCluster cluster, Func<bool> condition)
    {
        Assert.True(cluster.RunUntil(cluster.Now + (20 * Second), condition));
        Assert.Null(cluster.Violation);
    }

    /// <summary>Gets what hands entries of one term over to a log.</summary>
    public static WalBatch Entries(SimulatedCluster cluster, Term term, long count)
    {
        WalBatch batch = new();
        batch.SetHardState(cluster.Groups[0].Id, new HardState(term, NodeId.None));
        for (long index = 1; index <= count; index++)
        {
            batch.Append(cluster.Groups[0].Id, new LogEntry(
                new LogId(term, new LogIndex(index)), EntryKind.NoOp, new HybridTimestamp(index), default));
        }

        return batch;
    }
}
