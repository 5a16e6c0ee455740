using Replication.Kv;
using Replication.Primitives;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>How a write ended.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Value">The result in the form of the history, if it was executed.</param>
/// <param name="Position">Where, if it was executed.</param>
/// <param name="Reason">Why it was rejected.</param>
internal readonly record struct Receipt(WriteOutcome Outcome, HistoryValue Value, long Position, string Reason)
{
    /// <summary>Takes the answer of a store.</summary>
    public static Receipt Of(KeyValueWriteResult result, Func<KeyValueWriteResult, HistoryValue> valueOf) => new(
        result.Outcome,
        result.Outcome is WriteOutcome.Committed or WriteOutcome.ConditionFailed ? valueOf(result) : default,
        result.Id.Index.Value, result.Reason.ToString());
}
