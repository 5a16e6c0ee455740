using Replication.Errors;
using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Nodes;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>Writes something now and then while nothing is committed after healing: that a cluster whose clients are
/// done commits nothing is no lack of progress.</summary>
internal sealed class ProgressProbe : SimulationActor
{
    private const int TryKind = 1;
    private const long IntervalNanoseconds = 1_000_000_000;
    private readonly SimulatedCluster _cluster;
    private readonly long _committed;
    private int _tries;

    public ProgressProbe(SimulatedCluster cluster)
    {
        Number = 4000;
        _cluster = cluster;
        _committed = cluster.Oracle.Committed;
    }

    public void Begin() => _cluster.Schedule(this, _cluster.Now + IntervalNanoseconds, TryKind);

    public override void Handle(in SimulationEvent due)
    {
        if (_cluster.Oracle.Committed > _committed)
        {
            return;
        }

        SimulatedNode node = _cluster.Nodes[_tries++ % _cluster.Config.Nodes];
        if (node.Process is { } process)
        {
            _ = WriteAsync(process, node.Number);
        }

        Begin();
    }

    private async Task WriteAsync(NodeProcess process, int node)
    {
        try
        {
            await process.Replica.WriteAnythingAsync().ConfigureAwait(false);
        }
        catch (ReplicationException)
        {
            // The next try is at another node.
        }
        catch (Exception error)
        {
            _cluster.Oracle.Violate("unexpected-error", $"a write at node {node} after healing: {error}", error);
        }
    }
}
