using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Harness.Models;

/// <summary>A stock of goods: <c>change</c> by an amount returns what is left, or false if it would fall below zero;
/// <c>read</c>.</summary>
internal sealed class StockModel : Model<long>
{
    /// <inheritdoc/>
    public override string Name => "stock";

    /// <inheritdoc/>
    public override long Initial(HistoryValue? initial) => initial?.IsNumber ?? false ? initial.Value.Number : 0;

    /// <inheritdoc/>
    public override bool IsReadOnly(ModelOperation operation) => operation.F == "read";

    /// <inheritdoc/>
    public override bool TryApply(long state, ModelOperation operation, out long after)
    {
        after = state;
        switch (operation.F)
        {
            case "read":
                return !operation.IsResultKnown || operation.Result == state;
            case "change":
                long left = state + operation.Argument.Number;
                after = left < 0 ? state : left;
                return operation.IsResultKnown
                    ? operation.Result == (left < 0 ? HistoryValue.FromBoolean(false) : (HistoryValue)left)
                    : left >= 0;
            default:
                throw new ArgumentException($"A stock has no operation {operation.F}.", nameof(operation));
        }
    }
}
