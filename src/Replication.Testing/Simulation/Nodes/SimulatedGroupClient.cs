using Replication.Groups;
using Replication.Groups.Shell;
using Replication.Primitives;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>The face of a group that the production stores are put on: what they await completes within the events of
/// the
/// simulation, on its thread.</summary>
internal sealed class SimulatedGroupClient(GroupReplica replica) : GroupClient
{
    public override string Name => replica.Group.Name;

    public override GroupStatus Status => replica.Group.Status;

    public override void ThrowIfStopped()
    {
        if (replica.Process.Fault is { } fault)
        {
            throw HostErrors.For(fault);
        }
    }

    public override ValueTask<ProposalCompletion> ProposeAsync(
        ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        ThrowIfStopped();
        ulong hash = StateHash.Of(payload.Span);
        replica.Of.Oracle.Proposals.Proposed(hash);
        SimulatedProposal proposal = new(replica, hash) { Group = replica.Group, Payload = payload };
        replica.Process.Home.Post(proposal);
        return proposal.Task;
    }

    public override ValueTask<ReadPosition> ReadIndexAsync(CancellationToken cancellationToken)
    {
        ThrowIfStopped();
        SimulatedRead read = new(replica) { Group = replica.Group };
        replica.Process.Home.Post(read);
        return read.Task;
    }

    // On the node's own thread between two turns, which is what a query is promised.
    public override ValueTask<T> QueryAsync<T>(Func<T> query, CancellationToken cancellationToken)
    {
        ThrowIfStopped();
        return new ValueTask<T>(query());
    }
}
