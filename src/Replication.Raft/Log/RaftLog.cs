using Replication.Raft.Invariants;
using Replication.Raft.Primitives;

namespace Replication.Raft.Log;

/// <summary>
/// What the core knows of its log: the term of each entry, the sizes of the newest, and where it begins and ends.
/// </summary>
internal sealed class RaftLog
{
    private readonly TermRuns _terms = new();
    private readonly EntrySizes _sizes;

    /// <summary>Reads a recovered log.</summary>
    /// <param name="recovery">What the node found on its disk.</param>
    /// <param name="sizesMax">How many payload sizes are kept at most.</param>
    /// <exception cref="ArgumentException">The terms fall, or an entry is newer than the persisted term.</exception>
    public RaftLog(RaftRecovery recovery, int sizesMax)
    {
        _sizes = new EntrySizes(sizesMax);
        Base = recovery.Base;
        Last = recovery.Base;
        _sizes.Reset(Base.Index);
        foreach (EntryHeader entry in recovery.Entries)
        {
            if (entry.Term < Last.Term || entry.Term > recovery.HardState.CurrentTerm || entry.SizeBytes < 0)
            {
                throw new ArgumentException(
                    $"The recovered entry at {LastIndex.Next()} has term {entry.Term} and {entry.SizeBytes} bytes,"
                    + $" after an entry of term {Last.Term}; the persisted term is {recovery.HardState.CurrentTerm}.",
                    nameof(recovery));
            }

            Append(entry);
        }
    }

    /// <summary>Gets the identity of the last entry removed by compaction.</summary>
    public LogId Base { get; private set; }

    /// <summary>Gets the identity of the last entry.</summary>
    public LogId Last { get; private set; }

    /// <summary>Gets the index of the last entry.</summary>
    public LogIndex LastIndex => Last.Index;

    /// <summary>Gets the first index whose payload size is known.</summary>
    public LogIndex FirstKnownSize => _sizes.First;

    /// <summary>Adds an entry at the end.</summary>
    /// <param name="entry">The entry.</param>
    public void Append(EntryHeader entry)
    {
        Invariant.Check(entry.Term >= Last.Term, "the terms of a log never fall");
        LogIndex index = LastIndex.Next();
        _terms.Append(index, entry.Term);
        _sizes.Append(entry.SizeBytes);
        Last = new LogId(entry.Term, index);
    }

    /// <summary>Gets the term of an entry, or of the base.</summary>
    /// <param name="index">From the base to the last index.</param>
    public Term TermAt(LogIndex index)
    {
        if (index == LastIndex)
        {
            return Last.Term;
        }

        Invariant.Check(index >= Base.Index && index <= LastIndex, "a term is asked for within the log only");
        return index == Base.Index ? Base.Term : _terms.TermAt(index);
    }

    /// <summary>Gets the identity of an entry, or of the base.</summary>
    /// <param name="index">From the base to the last index.</param>
    public LogId IdAt(LogIndex index) => new(TermAt(index), index);

    /// <summary>Gets the payload size of an entry.</summary>
    /// <param name="index">An index from <see cref="FirstKnownSize"/> on.</param>
    public int SizeAt(LogIndex index) => _sizes.SizeAt(index);

    /// <summary>
    /// Gets the last position up to a bound whose term is at most a given one: where two logs may still agree.
    /// </summary>
    /// <param name="bound">The bound; cut to the log.</param>
    /// <param name="term">The term.</param>
    /// <returns>The identity; the base if no entry qualifies.</returns>
    /// <remarks>Fast back-off: a term is skipped in one round trip (thesis §3.5).</remarks>
    public LogId LastAtMost(LogIndex bound, Term term)
    {
        LogIndex cut = LogIndex.Min(bound, LastIndex);
        if (cut <= Base.Index || _terms.LastAtMost(cut, term) is not { } found)
        {
            return Base;
        }

        return IdAt(found);
    }

    /// <summary>Removes the entries from an index on.</summary>
    /// <param name="from">The first index removed.</param>
    public void TruncateFrom(LogIndex from)
    {
        Invariant.Check(from > Base.Index && from <= LastIndex, "only entries of the log are truncated");
        LogIndex last = from + -1;
        Term term = TermAt(last);
        _terms.TruncateFrom(from);
        _sizes.TruncateFrom(from);
        Last = new LogId(term, last);
    }

    /// <summary>Removes the entries up to an index.</summary>
    /// <param name="upTo">The last index removed.</param>
    public void CompactTo(LogIndex upTo)
    {
        if (upTo <= Base.Index)
        {
            return;
        }

        Base = IdAt(upTo);
        _terms.CompactTo(upTo, LastIndex);
        _sizes.ForgetTo(upTo);
    }

    /// <summary>Forgets the sizes up to an index.</summary>
    /// <param name="upTo">The last index that no peer has to be sent.</param>
    public void ForgetSizesTo(LogIndex upTo) => _sizes.ForgetTo(upTo);
}
