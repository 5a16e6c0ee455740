using Replication.Testing.Histories;

namespace Replication.CheckerSpeed;

/// <summary>One object of a generated history: what its clients ask, and what it answers.</summary>
internal sealed class GeneratedObject(Workload workload, int key)
{
    private const int ItemsMax = 100;

    private readonly HistoryValue _key = HistoryValue.FromText($"k{key}");
    private readonly List<HistoryValue> _items = [];
    private HistoryValue _state = workload.Model == "counter" ? 0 : HistoryValue.Null;
    private int _values;

    public HistoryEvent Invocation(Random random, int process)
    {
        bool isRead = random.Next(2) == 0 || (_items.Count > ItemsMax && random.Next(10) > 0);
        (string f, HistoryValue argument) = workload.Model switch
        {
            _ when isRead => ("read", HistoryValue.Null),
            "register" => ("write", Value(random)),
            "cas-register" when random.Next(2) == 0 => ("write", Value(random)),
            "cas-register" => ("cas", HistoryValue.FromList(
                workload.Values == 0 ? _state : Value(random), Value(random))),
            "counter" => ("add", random.Next(1, workload.Values + 1)),
            "set" => ("add", Value(random)),
            _ => ("append", Value(random)),
        };
        return new HistoryEvent
        {
            Type = HistoryEventType.Invoke,
            Process = process,
            F = f,
            Key = _key,
            Value = argument,
        };
    }

    /// <summary>Applies an operation; null if it had no effect and fails.</summary>
    public HistoryValue? Apply(HistoryEvent invocation)
    {
        switch (invocation.F)
        {
            case "read":
                return workload.Model is "set" or "append" ? HistoryValue.FromList([.. _items]) : _state;
            case "write":
                _state = invocation.Value;
                return invocation.Value;
            case "cas" when invocation.Value.Items[0] == _state:
                _state = invocation.Value.Items[1];
                return invocation.Value;
            case "cas":
                return null;
            case "add" when workload.Model == "counter":
                _state = _state.Number + invocation.Value.Number;
                return invocation.Value;
            default:
                _items.Add(invocation.Value);
                return invocation.Value;
        }
    }

    private HistoryValue Value(Random random) => workload.Values == 0 ? ++_values : random.Next(workload.Values);
}
