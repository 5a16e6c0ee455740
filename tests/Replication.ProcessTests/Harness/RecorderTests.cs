using Harness.Histories;
using KvProcesses.Processes;
using Replication.Testing.Histories;

namespace Replication.ProcessTests.Harness;

public sealed class RecorderTests
{
    [Fact]
    public void Events_of_many_threads_stand_in_the_file_as_in_memory()
    {
        using TemporaryDirectory directory = new("replication-recorder");
        string path = Path.Combine(directory.Path, "history.jsonl");
        IReadOnlyList<HistoryEvent> events;
        using (Recorder recorder = new(path))
        {
            Parallel.For(1, 9, process =>
            {
                for (int i = 0; i < 50; i++)
                {
                    recorder.Add(Event(HistoryEventType.Invoke, process));
                    recorder.Add(Event(HistoryEventType.Ok, process));
                }
            });
            events = recorder.Events();
        }

        Assert.Equal(Enumerable.Range(0, 800).Select(i => (long)i), events.Select(e => e.Index));
        Assert.Equal(events.Select(e => e.Time).Order(), events.Select(e => e.Time));
        Assert.Equal(
            History.FromEvents(events).Operations.Select(o => o.ToString()),
            HistoryReader.ReadFile(path).Operations.Select(o => o.ToString()));
    }

    private static HistoryEvent Event(HistoryEventType type, long process) =>
        new() { Type = type, Process = process, F = "read" };
}
