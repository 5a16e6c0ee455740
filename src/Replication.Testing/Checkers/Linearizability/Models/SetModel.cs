using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A set: <c>add</c> and <c>remove</c> an element, <c>read</c> all, <c>contains</c> asks for one.</summary>
/// <remarks>A read that returns an element twice is illegal. The results of add and remove are not looked at.</remarks>
internal sealed class SetModel : Model<SetState>
{
    public override string Name => "set";

    public override SetState Initial(HistoryValue? initial) =>
        initial is null or { IsNull: true } ? SetState.Empty
        : initial.Value.IsList && SetOf(initial.Value) is SetState state ? state
        : throw new ArgumentException($"A set does not start as {initial}.", nameof(initial));

    public override bool IsReadOnly(ModelOperation operation) => operation.F is "read" or "contains";

    public override bool TryApply(SetState state, ModelOperation operation, out SetState after)
    {
        after = state;
        switch (operation.F)
        {
            case "read":
                return !operation.IsResultKnown
                    || (operation.Result.IsNull ? state.Count == 0
                        : operation.Result.IsList && state.Equals(operation.Result.Items));
            case "contains":
                return !operation.IsResultKnown
                    || operation.Result == HistoryValue.FromBoolean(state.Contains(operation.Argument));
            case "add":
                after = state.With(operation.Argument);
                return true;
            case "remove":
                after = state.Without(operation.Argument);
                return true;
            default:
                throw operation.UnknownTo(Name);
        }
    }

    /// <summary>If elements are only added, each set lies within the next larger one that was read.</summary>
    /// <remarks>That of all but the element added last was tested before.</remarks>
    public override Func<SetState, bool>? LookAhead(IReadOnlyList<ModelOperation> operations)
    {
        if (operations.Any(o => o.F == "remove"))
        {
            return null;
        }

        HashSet<HistoryValue>[] reads =
        [
            .. operations.Where(o => o is { F: "read", IsResultKnown: true, Result.IsList: true })
                .Select(o => o.Result).Distinct()
                .Select(r => new HashSet<HistoryValue>([.. r.Items])).OrderBy(s => s.Count),
        ];
        int[] sizes = [.. reads.Select(r => r.Count)];
        return state =>
        {
            int at = Array.BinarySearch(sizes, state.Count);
            at = at < 0 ? ~at : at;
            return state.Added is not HistoryValue added || at == reads.Length || reads[at].Contains(added);
        };
    }

    /// <summary>Null if an element comes twice.</summary>
    private static SetState? SetOf(HistoryValue value)
    {
        SetState state = SetState.Empty;
        foreach (HistoryValue item in value.Items)
        {
            state = state.With(item);
        }

        return state.Count == value.Items.Length ? state : null;
    }
}
