using Replication.Groups;
using Replication.Groups.Shell;
using Replication.Primitives;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>The face of a group that the production stores are put on: what they await completes within the events of
/// the
/// simulation, on its thread.</summary>
internal sealed class SimulatedGroupClient(NodeProcess process) : GroupClient
{
    public override string Name => process.Group.Name;

    public override GroupStatus Status => process.Group.Status;

    public override void ThrowIfStopped()
    {
        if (process.Fault is { } fault)
        {
            throw HostErrors.For(fault);
        }
    }

    public override ValueTask<ProposalCompletion> ProposeAsync(
        ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        ThrowIfStopped();
        ulong hash = StateHash.Of(payload.Span);
        process.Node.Cluster.Oracle.Proposals.Proposed(hash);
        SimulatedProposal proposal = new(process, hash) { Group = process.Group, Payload = payload };
        process.Home.Post(proposal);
        return proposal.Task;
    }

    public override ValueTask<ReadPosition> ReadIndexAsync(CancellationToken cancellationToken)
    {
        ThrowIfStopped();
        SimulatedRead read = new(process) { Group = process.Group };
        process.Home.Post(read);
        return read.Task;
    }

    // On the node's own thread between two turns, which is what a query is promised.
    public override ValueTask<T> QueryAsync<T>(Func<T> query, CancellationToken cancellationToken)
    {
        ThrowIfStopped();
        return new ValueTask<T>(query());
    }
}
