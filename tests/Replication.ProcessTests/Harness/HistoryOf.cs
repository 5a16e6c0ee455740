using Replication.Testing.Histories;

namespace Replication.ProcessTests.Harness;

/// <summary>Histories by hand: one event after the other, a millisecond apart.</summary>
internal sealed class HistoryOf
{
    private readonly List<HistoryEvent> _events = [];

    public HistoryOf Invoke(long process, string f, string key, HistoryValue value = default, long? at = null) =>
        Add(HistoryEventType.Invoke, process, f, key, value, at);

    public HistoryOf Ok(
        long process, string f, string key, HistoryValue value = default, long? at = null, long? position = null) =>
        Add(HistoryEventType.Ok, process, f, key, value, at, position);

    public HistoryOf Fail(long process, string f, string key, long? at = null) =>
        Add(HistoryEventType.Fail, process, f, key, default, at);

    public HistoryOf Info(long process, string f, string key, long? at = null) =>
        Add(HistoryEventType.Info, process, f, key, default, at);

    public History ToHistory() => History.FromEvents(_events);

    private HistoryOf Add(
        HistoryEventType type, long process, string f, string key, HistoryValue value, long? milliseconds,
        long? position = null)
    {
        _events.Add(new HistoryEvent
        {
            Index = _events.Count,
            Type = type,
            Process = process,
            F = f,
            Key = HistoryValue.FromText(key),
            Value = value,
            Position = position,
            Time = (milliseconds ?? _events.Count) * 1_000_000,
        });
        return this;
    }
}
