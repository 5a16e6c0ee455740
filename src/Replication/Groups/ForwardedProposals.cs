using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Groups;

/// <summary>The proposals sent to a leader whose answers are awaited, by request number: a ring, no
/// dictionary.</summary>
internal sealed class ForwardedProposals
{
    private Slot[] _slots = new Slot[64];
    private int _head;
    private int _count;
    private long _firstId;

    /// <summary>Creates an empty table.</summary>
    /// <param name="bootId">Differs each time the process starts, so that no answer to an earlier process is taken
    /// for one to this.</param>
    public ForwardedProposals(int bootId)
    {
        _firstId = ((long)bootId << 32) + 1;
    }

    /// <summary>Gets the payload bytes of what is under way.</summary>
    public long Bytes { get; private set; }

    public bool IsEmpty => _count == 0;

    /// <summary>Gets the oldest proposal that waits; null if there is none.</summary>
    public Proposal? Oldest => _count == 0 ? null : _slots[_head].Proposal;

    public long Add(Proposal proposal, NodeId leader)
    {
        if (_count == _slots.Length)
        {
            Grow();
        }

        _slots[At(_count)] = new Slot(proposal, leader, proposal.Payload.Length);
        Bytes += proposal.Payload.Length;
        return _firstId + _count++;
    }

    /// <summary>Passes an answer on. An answer from another node than the one asked, or a second one, is
    /// ignored.</summary>
    /// <param name="from">Who answers.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="completion">The answer.</param>
    public void Answer(NodeId from, long requestId, in ProposalCompletion completion)
    {
        long offset = requestId - _firstId;
        if (offset >= 0 && offset < _count && _slots[At((int)offset)].Leader == from)
        {
            Complete((int)offset, completion);
            RemoveAnswered();
        }
    }

    /// <summary>Takes a proposal back that the leader refused: it entered no log.</summary>
    /// <param name="from">Who refused.</param>
    /// <param name="requestId">The request.</param>
    /// <returns>The proposal; null if none waits for this answer.</returns>
    public Proposal? TakeBack(NodeId from, long requestId)
    {
        long offset = requestId - _firstId;
        if (offset < 0 || offset >= _count || _slots[At((int)offset)].Leader != from)
        {
            return null;
        }

        ref Slot slot = ref _slots[At((int)offset)];
        Proposal? proposal = slot.Proposal;
        Bytes -= slot.Bytes;
        slot = default;
        RemoveAnswered();
        return proposal;
    }

    /// <summary>Ends what was sent to a node other than the one that leads now: whether it arrived there is not
    /// known.</summary>
    /// <param name="leader">The leader; none if unknown.</param>
    public void LeaderIs(NodeId leader)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_slots[At(i)].Proposal is not null && _slots[At(i)].Leader != leader)
            {
                Complete(i, Unknown(leader));
            }
        }

        RemoveAnswered();
    }

    /// <summary>Ends what was sent over a connection that broke.</summary>
    /// <param name="peer">The node at its other end.</param>
    public void Disconnected(NodeId peer)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_slots[At(i)].Leader == peer && _slots[At(i)].Proposal is not null)
            {
                Complete(i, Unknown(peer));
            }
        }

        RemoveAnswered();
    }

    /// <summary>Ends those that arrived at or before a moment.</summary>
    /// <param name="arrivedBefore">The moment.</param>
    public void Expire(Instant arrivedBefore)
    {
        while (_count > 0 && _slots[_head].Proposal is { } proposal && proposal.ArrivedAt <= arrivedBefore)
        {
            Complete(0, Unknown(_slots[_head].Leader));
            RemoveAnswered();
        }
    }

    /// <summary>Ends everything as unknown.</summary>
    public void Clear()
    {
        for (int i = 0; i < _count; i++)
        {
            if (_slots[At(i)].Proposal is not null)
            {
                Complete(i, Unknown(NodeId.None));
            }
        }

        RemoveAnswered();
    }

    private static ProposalCompletion Unknown(NodeId leader) =>
        new() { Outcome = WriteOutcome.Indeterminate, Leader = leader };

    private int At(int offset) => (_head + offset) & (_slots.Length - 1);

    private void Complete(int offset, in ProposalCompletion completion)
    {
        ref Slot slot = ref _slots[At(offset)];
        Proposal? proposal = slot.Proposal;
        Bytes -= slot.Bytes;
        slot = default;
        proposal?.Complete(completion);
    }

    private void RemoveAnswered()
    {
        while (_count > 0 && _slots[_head].Proposal is null)
        {
            _head = At(1);
            _count--;
            _firstId++;
        }
    }

    private void Grow()
    {
        Slot[] larger = new Slot[_slots.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _slots[At(i)];
        }

        _slots = larger;
        _head = 0;
    }

    private readonly record struct Slot(Proposal? Proposal, NodeId Leader, int Bytes);
}
