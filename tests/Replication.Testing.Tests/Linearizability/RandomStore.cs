using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Linearizability;

/// <summary>Makes operations of a model, applies them in turn, or guesses what they might have returned.</summary>
internal sealed class RandomStore(Random random, PlainModel model, int keys)
{
    private readonly HistoryValue[] _states = [.. Enumerable.Repeat(model.Initial, keys)];
    private int _lastValue;

    public HistoryEvent Invocation(int process)
    {
        (string f, HistoryValue argument) = model.Name switch
        {
            "register" => random.Next(2) == 0 ? ("read", HistoryValue.Null) : ("write", Value()),
            "cas-register" => random.Next(3) switch
            {
                0 => ("read", HistoryValue.Null),
                1 => ("write", Value()),
                _ => ("cas", HistoryValue.FromList(Value(), Value())),
            },
            "append" => random.Next(9) switch
            {
                0 => ("write", Contents()),
                < 5 => ("append", Item()),
                _ => ("read", HistoryValue.Null),
            },
            "set" => random.Next(6) switch
            {
                0 when random.Next(2) == 0 => ("remove", Value()),
                1 => ("contains", Value()),
                < 4 => ("add", Value()),
                _ => ("read", HistoryValue.Null),
            },
            "counter" => random.Next(5) switch
            {
                0 => ("decrement", HistoryValue.Null),
                1 or 2 => ("add", random.Next(1, 4)),
                _ => ("read", HistoryValue.Null),
            },
            _ => random.Next(5) switch
            {
                0 => ("read", HistoryValue.Null),
                1 or 2 => ("acquire", HistoryValue.Null),
                _ => ("release", random.Next(1, _lastValue + 2)),
            },
        };
        return new HistoryEvent
        {
            Type = HistoryEventType.Invoke,
            Process = process,
            F = f,
            Key = random.Next(keys),
            Value = argument,
        };
    }

    /// <summary>Applies an operation with the result that the model allows; null if it allows none.</summary>
    public HistoryValue? Apply(HistoryEvent invocation)
    {
        ref HistoryValue state = ref _states[invocation.Key.Number];
        foreach (HistoryValue result in Results(invocation, state))
        {
            Operation operation = History.FromEvents(
                [invocation, invocation with { Index = long.MaxValue, Type = HistoryEventType.Ok, Value = result }])
                .Operations[0];
            if (model.Apply(state, new ModelOperation(operation)) is HistoryValue next)
            {
                state = next;
                return result;
            }
        }

        return null;
    }

    public HistoryValue Guess(HistoryEvent invocation)
    {
        HistoryValue[] results = [.. Results(invocation, _states[random.Next(keys)])];
        return invocation.F switch
        {
            "read" when model.Name == "counter" => random.Next(-1, 5),
            "read" when model.Name is "register" or "cas-register" => Value(),
            "read" when model.Name == "append" => Contents(),
            "read" when model.Name == "set" && random.Next(2) == 0 => HistoryValue.FromList(Value()),
            _ => results[random.Next(results.Length)],
        };
    }

    private IEnumerable<HistoryValue> Results(HistoryEvent invocation, HistoryValue state) => invocation.F switch
    {
        "cas" => [HistoryValue.FromBoolean(true), HistoryValue.FromBoolean(false)],
        "contains" or "release" => [HistoryValue.FromBoolean(true), HistoryValue.FromBoolean(false)],
        "acquire" => [++_lastValue, HistoryValue.FromBoolean(false)],
        "read" when model.Name == "lock" => state.Items[0] == 0 ? [HistoryValue.Null] : [state.Items[0]],
        "read" => [state],
        _ => [invocation.Value],
    };

    private HistoryValue Value() => random.Next(3);

    private HistoryValue Item() => model.Initial.IsText ? HistoryValue.FromText("ab"[..random.Next(1, 3)]) : Value();

    private HistoryValue Contents() => model.Initial.IsText
        ? HistoryValue.FromText("ababab"[..random.Next(5)])
        : HistoryValue.FromList([.. Enumerable.Range(0, random.Next(3)).Select(_ => Value())]);
}
