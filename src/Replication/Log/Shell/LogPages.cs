using Replication.Errors;
using Replication.Log.Machine;
using Replication.Storage.Engine;

namespace Replication.Log.Shell;

/// <summary>Reads a log in pages, each from one state. Records never change, so pages of different states fit
/// together.</summary>
internal sealed class LogPages
{
    /// <summary>The most records of a page.</summary>
    public const int RecordsMax = 256;

    /// <summary>From how many bytes of records on a page ends.</summary>
    public const int BytesMax = 1 << 20;

    private readonly string _name;
    private readonly IKeyValueEngine _engine;

    public LogPages(string name, IKeyValueEngine engine)
    {
        _name = name;
        _engine = engine;
    }

    /// <summary>Gets the position after the last record of what is published.</summary>
    public long End()
    {
        using IKeyValueSnapshot snapshot = _engine.CaptureSnapshot();
        return LogKeys.ReadBounds(snapshot).Next;
    }

    /// <summary>Reads the page that begins at a position.</summary>
    /// <param name="from">The first position; at least 1.</param>
    /// <param name="end">Where to end at the latest, excluded.</param>
    /// <param name="page">Receives the records in place of what it held; none if the log ends before
    /// <paramref name="from"/>.</param>
    /// <exception cref="LogTrimmedException">The first position was given up.</exception>
    public void Read(long from, long end, List<LogRecord> page)
    {
        page.Clear();
        using IKeyValueSnapshot snapshot = _engine.CaptureSnapshot();
        LogBounds bounds = LogKeys.ReadBounds(snapshot);
        if (from < bounds.First)
        {
            throw new LogTrimmedException(_name, from, bounds.First);
        }

        end = Math.Min(end, bounds.Next);
        if (from >= end)
        {
            return;
        }

        end = Math.Min(end, from + RecordsMax);
        long bytes = 0;
        foreach (KeyValueRecord record in snapshot.Scan(LogKeys.OfRecord(from), LogKeys.OfRecord(end)))
        {
            long position = LogKeys.PositionOf(record.Key.Span);
            if (position != from + page.Count)
            {
                break;
            }

            page.Add(new LogRecord { Position = position, Timestamp = record.Timestamp, Value = record.Value });
            bytes += record.Value.Length;
            if (bytes >= BytesMax)
            {
                return;
            }
        }

        if (from + page.Count != end)
        {
            throw new ReplicationException(
                $"Log '{_name}' goes from {bounds.First} to {bounds.Next - 1}, but has no record {from + page.Count}.");
        }
    }
}
