using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A list or text that <c>append</c> makes longer, <c>read</c> returns and <c>write</c> replaces.</summary>
/// <remarks>What a read returned tells whether it is a list or a text: a text is all that was appended, joined.
/// Nothing reads as null, as the empty list or as the empty text.</remarks>
internal sealed class AppendModel : Model<Sequence>
{
    public override string Name => "append";

    public override Sequence Initial(HistoryValue? initial) =>
        Sequence.From(initial ?? HistoryValue.Null)
        ?? throw new ArgumentException($"A list or text does not start as {initial}.", nameof(initial));

    public override bool IsReadOnly(ModelOperation operation) => operation.F == "read";

    public override bool TryApply(Sequence state, ModelOperation operation, out Sequence after)
    {
        after = state;
        switch (operation.F)
        {
            case "read":
                return !operation.IsResultKnown || state.ReadsAs(operation.Result);
            case "append":
                after = state.With(operation.Argument);
                return true;
            case "write":
                after = Sequence.From(operation.Argument) ?? throw operation.UnknownTo(Name);
                return true;
            default:
                throw operation.UnknownTo(Name);
        }
    }

    /// <summary>What is not the beginning of something read is not read before it is replaced: all that is
    /// alike.</summary>
    public override Func<Sequence, Sequence>? Simplify(IReadOnlyList<ModelOperation> operations)
    {
        if (!operations.Any(o => o.F == "write"))
        {
            return null;
        }

        HistoryValue[] reads =
            [.. operations.Where(o => o.F == "read" && o.IsResultKnown).Select(o => o.Result).Distinct()];
        return state => Array.Exists(reads, state.IsBeginningOf) ? state : Sequence.Unread;
    }

    public override Func<Sequence, bool>? LookAhead(IReadOnlyList<ModelOperation> operations) =>
        operations.Any(o => o.F == "write")
            ? null
            : Sequence.GrowsInto(operations.Where(o => o.F == "read" && o.IsResultKnown).Select(o => o.Result));
}
