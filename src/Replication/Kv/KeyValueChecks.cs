using Replication.Errors;
using Replication.Kv.Machine;
using Replication.Primitives;
using Replication.StateMachines;

namespace Replication.Kv;

/// <summary>What a store lets through, and how it reads what came back.</summary>
internal static class KeyValueChecks
{
    /// <exception cref="ArgumentException">Names the limit and the value that passes it.</exception>
    public static void Check(ReadOnlySpan<KeyValueOperation> operations, KeyValueLimits limits)
    {
        if (operations.IsEmpty)
        {
            throw new ArgumentException("The batch has no operation.");
        }

        if (operations.Length > limits.BatchOperationsMax)
        {
            throw new ArgumentException(
                $"The batch has {operations.Length} operations; BatchOperationsMax is {limits.BatchOperationsMax}.");
        }

        for (int i = 0; i < operations.Length; i++)
        {
            KeyValueOperation operation = operations[i];
            CheckKey(operation.Key, limits, operations.Length == 1 ? -1 : i);
            if (operation.Value.Length > limits.ValueBytesMax)
            {
                throw new ArgumentException(
                    $"The value{At(operations.Length == 1 ? -1 : i)} has {operation.Value.Length} bytes; " +
                    $"ValueBytesMax is {limits.ValueBytesMax}.");
            }

            if (operation.Version.Value < 0)
            {
                throw new ArgumentException($"The version{At(i)} is {operation.Version}; the least is 0.");
            }
        }

        int size = KeyValueCommandCodec.SizeBytes(operations, limits.ValueBytesMax);
        if (size > limits.BatchBytesMax)
        {
            throw new ArgumentException(
                $"The batch has {size} bytes encoded; BatchBytesMax is {limits.BatchBytesMax}.");
        }
    }

    /// <param name="key">The key.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="position">Where in a batch; -1 if it stands alone.</param>
    /// <exception cref="ArgumentException">It is empty or too large.</exception>
    public static void CheckKey(ReadOnlyMemory<byte> key, KeyValueLimits limits, int position)
    {
        if (key.IsEmpty)
        {
            throw new ArgumentException(
                $"The key{At(position)} is empty; it must have 1 to {limits.KeyBytesMax} bytes.");
        }

        if (key.Length > limits.KeyBytesMax)
        {
            throw new ArgumentException(
                $"The key{At(position)} has {key.Length} bytes; KeyBytesMax is {limits.KeyBytesMax}.");
        }
    }

    /// <summary>Turns what a group answered into what a store answers.</summary>
    public static KeyValueWriteResult ResultOf(in ProposalCompletion completion)
    {
        var undone = new KeyValueWriteResult
        {
            Outcome = completion.Outcome,
            Reason = completion.Reason,
            Leader = completion.Leader,
            Id = completion.Id,
            Operations = [],
            FailedAt = -1,
        };
        if (completion.Outcome != WriteOutcome.Committed)
        {
            return undone;
        }

        CommandResult result = CommandResult.Read(completion);
        if (!result.IsApplied)
        {
            return undone with { Outcome = WriteOutcome.Rejected, Reason = result.Reason };
        }

        KeyValueStatus status = KeyValueResultCodec.Read(
            result.Body, out int position, out IReadOnlyList<KeyValueOperationResult> operations);
        KeyValueWriteResult done = undone with { Id = result.Id, Operations = operations };
        return status == KeyValueStatus.Done
            ? done
            : done with { Outcome = WriteOutcome.ConditionFailed, FailedAt = position,
                Failure = FailureOf(status, completion) };
    }

    private static KeyValueFailure FailureOf(KeyValueStatus status, in ProposalCompletion completion) => status switch
    {
        KeyValueStatus.ConditionFailed => KeyValueFailure.Condition,
        KeyValueStatus.ValueTooLarge => KeyValueFailure.ValueTooLarge,
        KeyValueStatus.ResultTooLarge => KeyValueFailure.ResultTooLarge,
        _ => throw new ReplicationException(
            $"The store could not read the command of entry {completion.Id} and did not execute it."),
    };

    private static string At(int position) => position < 0 ? string.Empty : $" of operation {position}";
}
