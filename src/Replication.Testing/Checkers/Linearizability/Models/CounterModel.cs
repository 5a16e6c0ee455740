using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A number: <c>add</c>, <c>increment</c> and <c>decrement</c> change it, <c>read</c> returns it.</summary>
/// <remarks>The argument is the amount, 1 if there is none; the result of a change is not looked at.</remarks>
internal sealed class CounterModel : Model<long>
{
    public override string Name => "counter";

    public override long Initial(HistoryValue? initial) => initial switch
    {
        null or { IsNull: true } => 0,
        { IsNumber: true } value => value.Number,
        _ => throw new ArgumentException($"A counter does not start at {initial}.", nameof(initial)),
    };

    public override bool IsReadOnly(ModelOperation operation) => operation.F == "read";

    public override bool TryApply(long state, ModelOperation operation, out long after)
    {
        after = state;
        switch (operation.F)
        {
            case "read":
                return !operation.IsResultKnown || operation.Result == state;
            case "add" or "increment":
                after = state + AmountOf(operation);
                return true;
            case "decrement":
                after = state - AmountOf(operation);
                return true;
            default:
                throw operation.UnknownTo(Name);
        }
    }

    private long AmountOf(ModelOperation operation) =>
        operation.Argument.IsNull ? 1
        : operation.Argument.IsNumber ? operation.Argument.Number
        : throw operation.UnknownTo(Name);
}
