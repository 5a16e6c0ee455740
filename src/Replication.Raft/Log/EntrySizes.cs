using Replication.Raft.Primitives;

namespace Replication.Raft.Log;

/// <summary>Payload sizes of the newest entries: those that a leader may still have to send.</summary>
/// <param name="countMax">How many are kept at most.</param>
/// <remarks>
/// Older ones are forgotten; for them the driver cuts a message at its byte budget (AppendEntries.MayShorten).
/// </remarks>
internal sealed class EntrySizes(int countMax)
{
    private readonly Ring<int> _sizes = new();
    private LogIndex _last;

    /// <summary>Gets the first index whose size is known; one more than the last index if none is.</summary>
    public LogIndex First => _last + (1 - _sizes.Count);

    /// <summary>Starts over behind an index.</summary>
    /// <param name="last">The last index of the log.</param>
    public void Reset(LogIndex last)
    {
        _sizes.Clear();
        _last = last;
    }

    /// <summary>Adds the next entry.</summary>
    /// <param name="sizeBytes">Its payload size.</param>
    public void Append(int sizeBytes)
    {
        if (_sizes.Count == countMax)
        {
            _sizes.RemoveOldest(1);
        }

        _sizes.Add(sizeBytes);
        _last = _last.Next();
    }

    /// <summary>Gets a size.</summary>
    /// <param name="index">An index from <see cref="First"/> on.</param>
    public int SizeAt(LogIndex index) => _sizes[(int)(index - First)];

    /// <summary>Forgets the entries from an index on.</summary>
    /// <param name="from">The first index removed.</param>
    public void TruncateFrom(LogIndex from)
    {
        _sizes.RemoveNewest((int)Math.Min(_sizes.Count, _last - from + 1));
        _last = from + -1;
    }

    /// <summary>Forgets the sizes up to an index.</summary>
    /// <param name="upTo">The last index whose size nobody needs.</param>
    public void ForgetTo(LogIndex upTo)
    {
        if (upTo >= First)
        {
            _sizes.RemoveOldest((int)Math.Min(_sizes.Count, upTo - First + 1));
        }
    }
}
