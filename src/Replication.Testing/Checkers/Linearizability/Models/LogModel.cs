using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A log: <c>append</c> an entry, <c>read</c> the entries, ask for the <c>length</c>.</summary>
/// <remarks>
/// The positions that appends report must rise in the order in which they took effect; they may have gaps, since a
/// replicated log holds entries of its own. A read with a whole number n as argument skips the first n entries.
/// </remarks>
internal sealed class LogModel : Model<LogState>
{
    public override string Name => "log";

    public override LogState Initial(HistoryValue? initial) =>
        Sequence.From(initial ?? HistoryValue.Null) is Sequence entries && !(initial?.IsText ?? false)
            ? new LogState(entries, long.MinValue)
            : throw new ArgumentException($"A log does not start as {initial}.", nameof(initial));

    public override bool IsReadOnly(ModelOperation operation) => operation.F is "read" or "length";

    public override bool TryApply(LogState state, ModelOperation operation, out LogState after)
    {
        after = state;
        switch (operation.F)
        {
            case "read" when operation.Argument.IsNull || operation.Argument is { IsNumber: true, Number: >= 0 }:
                int skipped = operation.Argument.IsNull ? 0 : (int)Math.Min(operation.Argument.Number, int.MaxValue);
                return !operation.IsResultKnown
                    || (!operation.Result.IsText && state.Entries.ReadsAs(operation.Result, skipped));
            case "length":
                return !operation.IsResultKnown || operation.Result == (long)state.Entries.Count;
            case "append":
                // Where the position is not known it is at least the next one.
                long position = operation.Position ?? state.LastPosition + 1;
                after = new LogState(state.Entries.With(operation.Argument), position);
                return position > state.LastPosition;
            default:
                throw operation.UnknownTo(Name);
        }
    }

    public override Func<LogState, bool>? LookAhead(IReadOnlyList<ModelOperation> operations)
    {
        Func<Sequence, bool> grows = Sequence.GrowsInto(
            operations.Where(o => o.F == "read" && o.IsResultKnown && o.Argument.IsNull).Select(o => o.Result));
        return state => grows(state.Entries);
    }
}
