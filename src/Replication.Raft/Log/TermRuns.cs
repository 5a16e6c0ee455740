using Replication.Raft.Primitives;

namespace Replication.Raft.Log;

/// <summary>The term of each entry, kept as runs: a term begins once and its entries are neighbours.</summary>
internal sealed class TermRuns
{
    private readonly Ring<Run> _runs = new();

    /// <summary>Gets how many runs there are.</summary>
    public int Count => _runs.Count;

    /// <summary>Adds the next entry.</summary>
    /// <param name="index">Its index, one more than the last.</param>
    /// <param name="term">Its term, at least that of the last.</param>
    public void Append(LogIndex index, Term term)
    {
        if (_runs.Count == 0 || _runs[_runs.Count - 1].Term != term)
        {
            _runs.Add(new Run(index, term));
        }
    }

    /// <summary>Gets the term of an entry.</summary>
    /// <param name="index">An index of an entry that is held.</param>
    public Term TermAt(LogIndex index) => _runs[RunOf(index)].Term;

    /// <summary>Gets the last index, up to a bound, whose term is at most a given one.</summary>
    /// <param name="bound">The bound, an entry that is held.</param>
    /// <param name="term">The term.</param>
    /// <returns>The index; null if no entry that is held qualifies.</returns>
    public LogIndex? LastAtMost(LogIndex bound, Term term)
    {
        LogIndex last = bound;
        for (int at = RunOf(bound); at >= 0; at--)
        {
            if (_runs[at].Term <= term)
            {
                return last;
            }

            last = _runs[at].First + -1;
        }

        return null;
    }

    /// <summary>Removes the entries from an index on.</summary>
    /// <param name="from">The first index removed.</param>
    public void TruncateFrom(LogIndex from)
    {
        while (_runs.Count > 0 && _runs[_runs.Count - 1].First >= from)
        {
            _runs.RemoveNewest(1);
        }
    }

    /// <summary>Removes the entries up to an index.</summary>
    /// <param name="upTo">The last index removed.</param>
    /// <param name="last">The last index of the log.</param>
    public void CompactTo(LogIndex upTo, LogIndex last)
    {
        while (_runs.Count > 0 && (_runs.Count > 1 ? _runs[1].First + -1 : last) <= upTo)
        {
            _runs.RemoveOldest(1);
        }

        if (_runs.Count > 0 && _runs[0].First <= upTo)
        {
            _runs[0] = new Run(upTo.Next(), _runs[0].Term);
        }
    }

    private int RunOf(LogIndex index)
    {
        int low = 0;
        int high = _runs.Count - 1;
        if (_runs[high].First <= index)
        {
            return high;
        }

        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_runs[middle].First <= index)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private readonly record struct Run(LogIndex First, Term Term);
}
