using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Linearizability;

/// <summary>A model written a second time, as plainly as can be: a state is a value, null means illegal.</summary>
internal sealed record PlainModel(
    string Name, HistoryValue Initial, Func<HistoryValue, ModelOperation, HistoryValue?> Apply)
{
    /// <summary>Gets or sets which known outcomes an operation of unknown outcome stands for, if it matters.</summary>
    public Func<Operation, IEnumerable<Operation>> Outcomes { get; init; } = o => [o];

    public static PlainModel Register { get; } = CasRegister(0) with { Name = "register" };

    public static PlainModel CasRegister(HistoryValue initial) => new("cas-register", initial, (state, o) => o.F switch
    {
        "read" => !o.IsResultKnown || o.Result == state ? state : null,
        "write" => o.Argument,
        "cas" when o.IsResultKnown && o.Result == HistoryValue.FromBoolean(false) =>
            o.Argument.Items[0] != state ? state : null,
        _ => o.Argument.Items[0] == state ? o.Argument.Items[1] : null,
    });

    public static PlainModel Append { get; } = new("append", HistoryValue.FromList(), (state, o) => o.F switch
    {
        "append" => HistoryValue.FromList([.. state.Items, o.Argument]),
        "write" => o.Argument,
        _ => !o.IsResultKnown || o.Result == state ? state : null,
    });

    public static PlainModel Text { get; } = new("append", HistoryValue.FromText(""), (state, o) => o.F switch
    {
        "append" => HistoryValue.FromText(state.Text + o.Argument.Text),
        "write" => o.Argument,
        _ => !o.IsResultKnown || o.Result == state ? state : null,
    });

    public static PlainModel Set { get; } = new("set", HistoryValue.FromList(), (state, o) => o.F switch
    {
        "add" => Sorted([.. state.Items, o.Argument]),
        "remove" => Sorted([.. state.Items.ToArray().Where(i => i != o.Argument)]),
        "contains" => !o.IsResultKnown || o.Result.Boolean == state.Items.Contains(o.Argument) ? state : null,
        _ => !o.IsResultKnown || Sorted(o.Result.Items.ToArray()) == state ? state : null,
    });

    public static PlainModel Counter { get; } = new("counter", 0, (state, o) => o.F switch
    {
        "add" => state.Number + o.Argument.Number,
        "decrement" => state.Number - 1,
        _ => !o.IsResultKnown || o.Result == state ? state : null,
    });

    /// <summary>State: the holder's token (0 if free) and the last token; all tokens are known.</summary>
    public static PlainModel Lock { get; } = new("lock", HistoryValue.FromList(0, 0), (state, o) =>
    {
        long held = state.Items[0].Number;
        long last = state.Items[1].Number;
        return o.F switch
        {
            "acquire" when o.Result.Kind == HistoryValueKind.Boolean => held != 0 ? state : null,
            "acquire" => held == 0 && o.Result.Number > last
                ? HistoryValue.FromList(o.Result.Number, o.Result.Number)
                : null,
            "release" when o.IsResultKnown && o.Result == HistoryValue.FromBoolean(false) =>
                held != o.Argument.Number ? state : null,
            "release" => held == o.Argument.Number ? HistoryValue.FromList(0, last) : null,
            _ => !o.IsResultKnown || (held == 0 ? o.Result.IsNull : o.Result == held) ? state : null,
        };
    })
    {
        Outcomes = o => o.F == "acquire" && o.Outcome == HistoryEventType.Info
            ? Enumerable.Range(1, 12).Select(token => WithResult(o, token))
            : [o],
    };

    private static Operation WithResult(Operation operation, long result) => History.FromEvents(
        [
            operation.Invocation,
            operation.Invocation with { Index = long.MaxValue, Type = HistoryEventType.Ok, Value = result },
        ]).Operations[0];

    private static HistoryValue Sorted(HistoryValue[] items) =>
        HistoryValue.FromList([.. items.Distinct().OrderBy(i => i.Number)]);
}
