using System.Text;

namespace KvProcesses.Processes;

/// <summary>Everything that a node printed, in a file and, its end, in memory. Callable from any thread.</summary>
public sealed class NodeLog : IDisposable
{
    private const int RecentLinesMax = 200;
    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;
    private readonly Queue<string> _recent = new();

    internal NodeLog(string path)
    {
        Path = path;
        FileStream stream = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        _writer = new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true };
    }

    /// <summary>Gets the file.</summary>
    public string Path { get; }

    /// <summary>Gets the last lines.</summary>
    /// <param name="count">How many at most.</param>
    /// <returns>The lines, oldest first.</returns>
    public IReadOnlyList<string> Recent(int count)
    {
        lock (_gate)
        {
            return [.. _recent.Skip(Math.Max(0, _recent.Count - count))];
        }
    }

    internal void Add(string line)
    {
        lock (_gate)
        {
            _writer.WriteLine(line);
            _recent.Enqueue(line);
            if (_recent.Count > RecentLinesMax)
            {
                _recent.Dequeue();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _writer.Dispose();
        }
    }
}
