using System.Threading.Tasks.Sources;
using Replication.Groups;
using Replication.Groups.Shell;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>A proposal of a client in the simulation: ends on its own thread, within the events of its node.</summary>
internal sealed class SimulatedProposal(GroupReplica replica, ulong payloadHash)
    : Proposal, IValueTaskSource<ProposalCompletion>
{
    private ManualResetValueTaskSourceCore<ProposalCompletion> _source;
    private ProposalCompletion _completion;
    private Exception? _error;
    private bool _isEnded;

    public ValueTask<ProposalCompletion> Task => new(this, _source.Version);

    public override bool TryTake() => true;

    public override void Complete(in ProposalCompletion completion) => End(completion, null);

    public override void Expire(LogId id) =>
        End(new ProposalCompletion { Outcome = WriteOutcome.Indeterminate, Id = id }, null);

    public override void Refuse(Exception error) => End(default, HostErrors.For(error));

    /// <summary>Hands the result over, after the turn that ended it.</summary>
    public void Publish()
    {
        if (_error is null)
        {
            replica.Of.Oracle.Proposals.Ended(payloadHash, _completion.Outcome);
            _source.SetResult(_completion);
        }
        else
        {
            _source.SetException(_error);
        }
    }

    public ProposalCompletion GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void End(in ProposalCompletion completion, Exception? error)
    {
        if (!_isEnded)
        {
            _isEnded = true;
            _completion = completion;
            _error = error;
            replica.Process.Ended(this);
        }
    }
}

/// <summary>A linearizable read of a client in the simulation.</summary>
internal sealed class SimulatedRead(GroupReplica replica) : ReadRequest, IValueTaskSource<ReadPosition>
{
    private readonly long _committed = replica.Of.Oracle.Committed;
    private readonly long _began = replica.Process.Node.Cluster.Now;
    private ManualResetValueTaskSourceCore<ReadPosition> _source;
    private ReadPosition _position;
    private Exception? _error;

    public ValueTask<ReadPosition> Task => new(this, _source.Version);

    public override void Complete(in ReadPosition position)
    {
        _position = position;
        replica.Process.Ended(this);
    }

    public override void Fail(Exception error)
    {
        _error = HostErrors.For(error);
        replica.Process.Ended(this);
    }

    /// <summary>Hands the result over, after the turn that ended it.</summary>
    public void Publish()
    {
        if (_error is null)
        {
            replica.Of.Oracle.Reads.Served(
                replica.Process.Node.Number, _position.AppliedId, _committed, _began);
            _source.SetResult(_position);
        }
        else
        {
            _source.SetException(_error);
        }
    }

    public ReadPosition GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
