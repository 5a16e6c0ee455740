using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Harness.Models;

/// <summary>A bank: <c>open</c> with balances, <c>transfer</c> of <c>[from, to, amount, balance, balance]</c> which
/// demands both balances and is refused if one is another, <c>read</c> all balances.</summary>
internal sealed class BankModel : Model<BankState>
{
    /// <inheritdoc/>
    public override string Name => "bank";

    /// <inheritdoc/>
    public override BankState Initial(HistoryValue? initial) => initial is null or { IsNull: true } ? BankState.Closed
        : throw new ArgumentException($"A bank does not start as {initial}.", nameof(initial));

    /// <inheritdoc/>
    public override bool IsReadOnly(ModelOperation operation) => operation.F == "read";

    /// <inheritdoc/>
    public override bool TryApply(BankState state, ModelOperation operation, out BankState after)
    {
        after = state;
        switch (operation.F)
        {
            case "read":
                return !operation.IsResultKnown || state.Equals(StateOf(operation.Result));
            case "open":
                after = StateOf(operation.Argument);
                return true;
            case "transfer":
                return TryTransfer(state, operation, out after);
            default:
                throw new ArgumentException($"A bank has no operation {operation.F}.", nameof(operation));
        }
    }

    private static bool TryTransfer(BankState state, ModelOperation operation, out BankState after)
    {
        ReadOnlySpan<HistoryValue> argument = operation.Argument.Items;
        int from = (int)argument[0].Number;
        int to = (int)argument[1].Number;
        bool fits = state.Balances.Count > Math.Max(from, to) && state.Balances[from] == argument[3].Number
            && state.Balances[to] == argument[4].Number;
        after = fits ? state.With(from, to, argument[2].Number) : state;
        return operation.IsResultKnown ? fits == operation.Result.Boolean : fits;
    }

    private static BankState StateOf(HistoryValue balances) =>
        new([.. balances.Items.ToArray().Select(balance => balance.Number)]);
}
