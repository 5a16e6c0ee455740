using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Replication.Grpc.Tests;

/// <summary>Keeps log lines and lets a test wait for one.</summary>
internal sealed class RecordingLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text)> _lines = new();
    private readonly List<(int Id, string Part, TaskCompletionSource<string> Signal)> _waiting = [];

    public IEnumerable<string> Lines(int id) => _lines.Where(l => l.Id == id).Select(l => l.Text);

    /// <summary>Waits until there are so many lines with an id.</summary>
    public async Task CountAsync(int id, int count)
    {
        while (true)
        {
            Task next;
            lock (_waiting)
            {
                if (Lines(id).Count() >= count)
                {
                    return;
                }

                TaskCompletionSource<string> signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((id, "", signal));
                next = signal.Task;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Waits for the first line, written before or to come, with an id and some text.</summary>
    public Task<string> LineAsync(int id, string part = "")
    {
        lock (_waiting)
        {
            string? found = Lines(id).FirstOrDefault(l => l.Contains(part, StringComparison.Ordinal));
            TaskCompletionSource<string> signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((id, part, signal));
            return found is null ? signal.Task.WaitAsync(TimeSpan.FromSeconds(30)) : Task.FromResult(found);
        }
    }

    public ILogger CreateLogger(string categoryName) => categoryName == "Replication.Grpc" ? this : NoLog.Instance;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
            string> formatter)
    {
        string text = formatter(state, exception);
        lock (_waiting)
        {
            _lines.Enqueue((eventId.Id, text));
            foreach ((int id, string part, TaskCompletionSource<string> signal) in _waiting)
            {
                if (id == eventId.Id && text.Contains(part, StringComparison.Ordinal))
                {
                    signal.TrySetResult(text);
                }
            }
        }
    }

    public void Dispose()
    {
    }

    private sealed class NoLog : ILogger
    {
        public static readonly NoLog Instance = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => false;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
                string> formatter)
        {
        }
    }
}
