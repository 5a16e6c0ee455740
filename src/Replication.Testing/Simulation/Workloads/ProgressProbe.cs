using Replication.Errors;
using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Nodes;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>Writes something now and then while a group commits nothing after healing: that a cluster whose clients are
/// done commits nothing is no lack of progress.</summary>
internal sealed class ProgressProbe : SimulationActor
{
    private const int TryKind = 1;
    private const long IntervalNanoseconds = 1_000_000_000;
    private readonly SimulatedCluster _cluster;
    private readonly long[] _committed;
    private int _tries;

    public ProgressProbe(SimulatedCluster cluster)
    {
        Number = 4000;
        _cluster = cluster;
        _committed = [.. cluster.Groups.Select(group => group.Oracle.Committed)];
    }

    /// <summary>Gets a value indicating whether every group has committed something since.</summary>
    public bool HasProgress
    {
        get
        {
            foreach (SimulatedGroup group in _cluster.Groups)
            {
                if (!HasCommitted(group))
                {
                    return false;
                }
            }

            return true;
        }
    }

    public void Begin() => _cluster.Schedule(this, _cluster.Now + IntervalNanoseconds, TryKind);

    public override void Handle(in SimulationEvent due)
    {
        if (HasProgress)
        {
            return;
        }

        SimulatedNode node = _cluster.Nodes[_tries++ % _cluster.Config.Nodes];
        if (node.Process is { } process)
        {
            foreach (GroupReplica replica in process.Replicas.Where(replica => !HasCommitted(replica.Of)))
            {
                _ = WriteAsync(replica, node.Number);
            }
        }

        Begin();
    }

    private bool HasCommitted(SimulatedGroup group) => group.Oracle.Committed > _committed[group.Index];

    private async Task WriteAsync(GroupReplica replica, int node)
    {
        try
        {
            await replica.Subject.WriteAnythingAsync().ConfigureAwait(false);
        }
        catch (ReplicationException)
        {
            // The next try is at another node.
        }
        catch (Exception error)
        {
            _cluster.Violate("unexpected-error", $"a write at node {node} after healing: {error}", error);
        }
    }
}
