using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Groups;

/// <summary>A proposal that another node forwarded: its owner is there, the answer is a message.</summary>
internal sealed class ForwardedIn : Proposal
{
    private readonly ITransport _transport;
    private readonly NodeId _from;
    private readonly ForwardedProposal _message;
    private bool _isAnswered;

    public ForwardedIn(ReplicaGroup group, ITransport transport, NodeId from, ForwardedProposal message)
    {
        _transport = transport;
        _from = from;
        _message = message;
        Group = group;
        Payload = message.Command;
    }

    public override Term RequiredTerm => _message.Term;

    public override bool TryTake() => true;

    public override void Complete(in ProposalCompletion completion)
    {
        if (!_isAnswered)
        {
            _isAnswered = true;
            _transport.Send(_from, new ForwardedProposalReply(_message.Group, _message.RequestId, completion));
        }
    }

    public override void Expire(LogId id) =>
        Complete(new ProposalCompletion { Outcome = WriteOutcome.Indeterminate, Id = id });
}
