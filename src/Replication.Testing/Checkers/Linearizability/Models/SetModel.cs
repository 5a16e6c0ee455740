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
                    || (SizeOf(operation.Result) == state.Count && SetOf(operation.Result) is SetState read
                        && read.Equals(state));
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

    /// <summary>If elements are only added, each state lies between the reads next to it in size.</summary>
    public override Func<SetState, bool>? LookAhead(IReadOnlyList<ModelOperation> operations)
    {
        if (operations.Any(o => o.F == "remove"))
        {
            return null;
        }

        SetState[] reads =
        [
            .. operations.Where(o => o.F == "read" && o.IsResultKnown).Select(o => o.Result).Distinct()
                .Select(SetOf).OfType<SetState>().OrderBy(s => s.Count),
        ];
        int[] sizes = [.. reads.Select(r => r.Count)];
        return state =>
        {
            int above = Array.BinarySearch(sizes, state.Count);
            above = above < 0 ? ~above : above;
            return (above == 0 || reads[above - 1].IsSubsetOf(state))
                && (above == reads.Length || state.IsSubsetOf(reads[above]));
        };
    }

    private static int SizeOf(HistoryValue read) => read.IsNull ? 0 : read.IsList ? read.Items.Length : -1;

    /// <summary>Null if an element comes twice or the value is no list.</summary>
    private static SetState? SetOf(HistoryValue read)
    {
        if (read.IsNull)
        {
            return SetState.Empty;
        }

        if (!read.IsList)
        {
            return null;
        }

        SetState state = SetState.Empty;
        foreach (HistoryValue item in read.Items)
        {
            state = state.With(item);
        }

        return state.Count == read.Items.Length ? state : null;
    }
}
