using Replication.Raft.Primitives;
using Replication.Storage.Wal;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>An entry as an oracle knows it.</summary>
/// <param name="Term">Its term; zero for none.</param>
/// <param name="Hash">Over term, kind, timestamp and payload.</param>
internal readonly record struct ShadowEntry(long Term, ulong Hash);

/// <summary>What a node's log holds, and what of it is durable, told by what was handed to the log's writer
/// alone.</summary>
/// <remarks>Nothing is ever compacted here: index i is at place i - 1.</remarks>
internal sealed class ShadowLog
{
    private readonly List<ShadowEntry> _current = [];
    private readonly List<ShadowEntry> _durable = [];

    // All changes that were handed over and not lost with a process; those from a place on are not durable yet.
    private readonly ShadowHistory _history = new();
    private readonly Dictionary<long, NodeId> _durableVotes = [];
    private readonly Dictionary<long, long> _peaks = [];
    private int _applied;
    private int _flushing;

    /// <summary>Gets the last index.</summary>
    public long Last => _current.Count;

    /// <summary>Gets the last index that is durable.</summary>
    public long DurableLast => _durable.Count;

    /// <summary>Gets the newest hard state that was handed over.</summary>
    public HardState HardState { get; private set; }

    /// <summary>Gets the durable hard state.</summary>
    public HardState DurableHardState { get; private set; }

    public ShadowEntry this[long index] => index >= 1 && index <= _current.Count ? _current[(int)index - 1] : default;

    public ShadowEntry Durable(long index) =>
        index >= 1 && index <= _durable.Count ? _durable[(int)index - 1] : default;

    /// <summary>Gets for whom a vote became durable in a term; none if it did not.</summary>
    public NodeId DurableVote(Term term) => _durableVotes.GetValueOrDefault(term.Value);

    /// <summary>Gets up to which index entries were durable at some moment in a term. What a flush makes durable it may
    /// void again, if the node went on to the next term meanwhile; what it accepted before still counts.</summary>
    public long DurablePeak(Term term) => Math.Max(
        _peaks.GetValueOrDefault(term.Value), term == DurableHardState.CurrentTerm ? DurableLast : 0);

    public void Append(in ShadowEntry entry)
    {
        _current.Add(entry);
        _history.Add(entry);
    }

    public void Truncate(long from)
    {
        CutFrom(_current, from);
        _history.AddTruncation(from);
    }

    public void SetHardState(HardState state)
    {
        HardState = state;
        _history.Add(state);
    }

    /// <summary>Everything handed over so far is being flushed.</summary>
    public void Flushing() => _flushing = _history.Count;

    /// <summary>What was being flushed is durable.</summary>
    public void Flushed()
    {
        for (; _applied < _flushing; _applied++)
        {
            Apply(_history[_applied]);
        }
    }

    /// <summary>Gets whether the log was at some moment exactly what was found.</summary>
    public bool HadOnce(RecoveredGroup found)
    {
        long first = found.Base.Index.Value + 1;
        long last = found.Base.Index.Value + found.Entries.Count;
        bool hadState = found.HardState == default;
        _current.Clear();
        bool hadEntries = Fits(found, first, last);
        for (int i = 0; i < _history.Count; i++)
        {
            ShadowChange change = _history[i];
            hadState |= change.Kind == WalOperationKind.HardState && change.HardState == found.HardState;
            if (change.Kind != WalOperationKind.HardState)
            {
                Follow(change);
                hadEntries = hadEntries || Fits(found, first, last);
            }
        }

        return hadState && hadEntries;
    }

    /// <summary>The process ended and what is on disk was read: checks it against what must and may be there, and
    /// starts from it.</summary>
    /// <returns>What is wrong with it; null if nothing is.</returns>
    public string? Recover(RecoveredGroup recovered)
    {
        // What is found may be of a later term, whose change was written and not known to be durable.
        NotePeak();
        string? wrong = RecoverHardState(recovered.HardState) ?? RecoverEntries(recovered);
        _history.RemoveFrom(_applied);

        // The entries may fit before a change of the hard state that was found.
        _history.Add(recovered.HardState);
        _applied = _history.Count;
        _flushing = _applied;
        _durable.Clear();
        _durable.AddRange(_current);
        HardState = recovered.HardState;
        SetDurable(recovered.HardState);
        return wrong;
    }

    private static void CutFrom(List<ShadowEntry> entries, long from)
    {
        int kept = (int)Math.Clamp(from - 1, 0, entries.Count);
        entries.RemoveRange(kept, entries.Count - kept);
    }

    private string? RecoverHardState(HardState found)
    {
        if (found == DurableHardState)
        {
            return null;
        }

        for (int i = _applied; i < _history.Count; i++)
        {
            ShadowChange change = _history[i];
            if (change.Kind == WalOperationKind.HardState && change.HardState == found)
            {
                return null;
            }
        }

        return $"{found} was recovered, but {DurableHardState} was durable and nothing else was to be written";
    }

    // What is found must be the state after some of the pending changes, in order: records are made durable in order,
    // and each one wholly or not at all.
    private string? RecoverEntries(RecoveredGroup recovered)
    {
        _current.Clear();
        _current.AddRange(_durable);
        long first = recovered.Base.Index.Value + 1;
        long last = recovered.Base.Index.Value + recovered.Entries.Count;
        if (Fits(recovered, first, last))
        {
            return null;
        }

        int pending = _history.Count - _applied;
        while (_applied < _history.Count)
        {
            Follow(_history[_applied++]);
            if (Fits(recovered, first, last))
            {
                return null;
            }
        }

        return $"entries {first} to {last} were recovered, but 1 to {_durable.Count} were durable, and no prefix "
            + $"of the {pending} pending changes leads there";
    }

    private void Follow(in ShadowChange change)
    {
        if (change.Kind == WalOperationKind.Entry)
        {
            _current.Add(change.Entry);
        }
        else if (change.Kind == WalOperationKind.Truncate)
        {
            CutFrom(_current, change.Index);
        }
    }

    private bool Fits(RecoveredGroup recovered, long first, long last)
    {
        if (_current.Count != last)
        {
            return false;
        }

        for (long index = first; index <= last; index++)
        {
            if (recovered.Entries[(int)(index - first)].Id.Term.Value != _current[(int)index - 1].Term)
            {
                return false;
            }
        }

        return true;
    }

    private void Apply(in ShadowChange change)
    {
        switch (change.Kind)
        {
            case WalOperationKind.Entry:
                _durable.Add(change.Entry);
                break;
            case WalOperationKind.Truncate:
                NotePeak();
                CutFrom(_durable, change.Index);
                break;
            default:
                NotePeak();
                SetDurable(change.HardState);
                break;
        }
    }

    private void NotePeak() =>
        _peaks[DurableHardState.CurrentTerm.Value] = DurablePeak(DurableHardState.CurrentTerm);

    private void SetDurable(HardState state)
    {
        DurableHardState = state;
        if (!state.VotedFor.IsNone)
        {
            _durableVotes[state.CurrentTerm.Value] = state.VotedFor;
        }
    }
}
