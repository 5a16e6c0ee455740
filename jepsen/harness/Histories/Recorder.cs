using System.Diagnostics;
using Replication.Testing.Histories;

namespace Harness.Histories;

/// <summary>Takes down what clients and the nemesis do, in the order in which it is observed, in memory and in a
/// file. Callable from any thread.</summary>
internal sealed class Recorder : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<HistoryEvent> _events = [];
    private readonly FileStream _file;
    private readonly HistoryWriter _writer;
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _index;

    /// <summary>Creates the file.</summary>
    public Recorder(string path)
    {
        _file = File.Create(path);
        _writer = new HistoryWriter(_file);
    }

    /// <summary>Gets the time since the beginning, in nanoseconds.</summary>
    public long Now => (long)Stopwatch.GetElapsedTime(_began).TotalNanoseconds;

    /// <summary>Takes an event down; its index and time are filled in.</summary>
    public void Add(HistoryEvent observed)
    {
        lock (_gate)
        {
            HistoryEvent noted = observed with { Index = _index++, Time = Now };
            _events.Add(noted);
            _writer.Write(noted);
        }
    }

    /// <summary>Gets all events so far.</summary>
    public IReadOnlyList<HistoryEvent> Events()
    {
        lock (_gate)
        {
            return [.. _events];
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _writer.Dispose();
            _file.Dispose();
        }
    }
}
