using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Groups;

/// <summary>The proposals that stand in the log and are not yet applied, in order of index: a ring, no
/// dictionary.</summary>
/// <remarks>
/// Keyed by index and term: an answer goes out only if the applied entry is the very one that was proposed. A
/// proposal whose time
/// ran out stays here until its entry is applied or overwritten, because it still fills the log.
/// </remarks>
internal sealed class PendingProposals
{
    private Slot[] _slots = new Slot[256];
    private int _head;
    private int _count;
    private int _expired;

    /// <summary>Gets the payload bytes of what is pending.</summary>
    public long Bytes { get; private set; }

    public bool IsEmpty => _count == 0;

    /// <summary>Gets the oldest proposal whose time has not run out; null if there is none.</summary>
    public Proposal? OldestUnexpired => _expired < _count ? _slots[At(_expired)].Proposal : null;

    public void Add(LogId id, Proposal proposal)
    {
        if (_count == _slots.Length)
        {
            Grow();
        }

        _slots[At(_count++)] = new Slot(id, proposal, proposal.Payload.Length);
        Bytes += proposal.Payload.Length;
    }

    /// <summary>Takes the proposal at an index that is being applied.</summary>
    /// <param name="applied">The entry that is applied.</param>
    /// <param name="isSame">Whether the proposal's entry is that one, not another that took its index.</param>
    /// <returns>The proposal; null if nobody here waits for this index.</returns>
    public Proposal? Take(LogId applied, out bool isSame)
    {
        if (_count == 0 || _slots[_head].Id.Index > applied.Index)
        {
            isSame = false;
            return null;
        }

        Slot slot = _slots[_head];
        isSame = slot.Id == applied;
        RemoveHead();
        return slot.Proposal;
    }

    /// <summary>Ends the proposals whose entries are voided: whether another node holds them still is not known
    /// here.</summary>
    /// <param name="from">The first index voided.</param>
    /// <param name="leader">The leader as far as known.</param>
    public void Truncate(LogIndex from, NodeId leader)
    {
        while (_count > 0 && _slots[At(_count - 1)].Id.Index >= from)
        {
            int at = At(--_count);
            Slot slot = _slots[at];
            _slots[at] = default;
            Bytes -= slot.Bytes;
            _expired = Math.Min(_expired, _count);
            slot.Proposal.Complete(Unknown(slot.Id, leader));
        }
    }

    /// <summary>Tells those that arrived before a moment that their outcome is unknown.</summary>
    /// <param name="arrivedBefore">The moment.</param>
    public void Expire(Instant arrivedBefore)
    {
        while (_expired < _count)
        {
            Slot slot = _slots[At(_expired)];
            if (slot.Proposal.ArrivedAt > arrivedBefore)
            {
                return;
            }

            slot.Proposal.Expire(slot.Id);
            _expired++;
        }
    }

    /// <summary>Ends everything as unknown.</summary>
    /// <param name="leader">The leader as far as known.</param>
    public void Clear(NodeId leader)
    {
        while (_count > 0)
        {
            Slot slot = _slots[_head];
            RemoveHead();
            slot.Proposal.Complete(Unknown(slot.Id, leader));
        }
    }

    private static ProposalCompletion Unknown(LogId id, NodeId leader) =>
        new() { Outcome = WriteOutcome.Indeterminate, Id = id, Leader = leader };

    private int At(int offset) => (_head + offset) & (_slots.Length - 1);

    private void RemoveHead()
    {
        Bytes -= _slots[_head].Bytes;
        _slots[_head] = default;
        _head = At(1);
        _count--;
        _expired = Math.Max(0, _expired - 1);
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

    private readonly record struct Slot(LogId Id, Proposal Proposal, int Bytes);
}
