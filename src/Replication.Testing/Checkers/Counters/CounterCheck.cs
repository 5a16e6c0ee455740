using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Counters;

/// <summary>Checks that increments are executed exactly once.</summary>
public static class CounterCheck
{
    /// <summary>Checks that each read of a counter counts every increment acknowledged before it once, and none
    /// twice.</summary>
    /// <param name="history">Operations "increment" with the amount as the value, 1 if there is none, and "read" with
    /// the sum as the result; keys are checked one by one. An acknowledged increment may hold the sum after it.</param>
    /// <returns>The verdict, which names the operations; unknown if no read began after all increments had
    /// completed, or if there are other operations.</returns>
    /// <remarks>
    /// After the last increment the sum is that of the acknowledged ones and of some of unknown outcome. Which of those
    /// can't be told, so a lost increment may hide behind one of unknown outcome: keep those few. Safe to call from
    /// several threads.
    /// </remarks>
    public static Verdict ExactlyOnce(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        try
        {
            return Verdict.All([.. history.Operations.GroupBy(o => o.Key).Select(g => Check(g.Key, [.. g]))]);
        }
        catch (FormatException e)
        {
            return Verdict.Unknown(e.Message);
        }
        catch (OverflowException)
        {
            return Verdict.Unknown("The sum of the increments is not a number of 64 bits.");
        }
    }

    private static Verdict Check(HistoryValue key, List<Operation> operations)
    {
        // What changes the counter otherwise would be missing from every sum.
        if (operations.Find(o => o.F is not ("increment" or "read")) is { } other)
        {
            throw new FormatException($"{other} is neither an increment nor a read.");
        }

        List<Operation> increments =
            [.. operations.Where(o => o.F == "increment" && o.Outcome != HistoryEventType.Fail)];
        long lastCompletion = increments.Select(i => i.Completion?.Index ?? i.InvocationIndex)
            .DefaultIfEmpty(long.MinValue).Max();
        bool hasFinalRead = false;
        foreach (Operation read in operations.Where(o => o.F == "read" && o.Outcome == HistoryEventType.Ok))
        {
            bool isFinal = read.InvocationIndex > lastCompletion;
            hasFinalRead |= isFinal;
            List<Operation> sure = [.. increments.Where(i => i.CompletionIndex < read.InvocationIndex)];
            List<long> unsure =
            [
                .. increments.Where(i => i.CompletionIndex > read.InvocationIndex
                    && i.InvocationIndex < read.CompletionIndex).Select(AmountOf),
            ];
            long least = sure.Sum(AmountOf);
            long rest = NumberOf(read) - least;
            if (rest < 0 || rest > unsure.Sum() || (unsure.Count > 0 && rest % Divisor(unsure) != 0))
            {
                return Verdict.Invalid($"Counter {key}: {read} is no sum of the {sure.Count} increments acknowledged "
                    + $"before it ({least}) and some of the {unsure.Count} that may have happened ({unsure.Sum()}).");
            }
        }

        if (Twice(increments) is { } twice)
        {
            return Verdict.Invalid(
                $"Counter {key}: two increments got the same sum.\n  {twice.First}\n  {twice.Second}");
        }

        return hasFinalRead
            ? Verdict.Valid($"Counter {key}: {increments.Count} increments, each counted once.")
            : Verdict.Unknown($"Counter {key}: no read began after the last increment had completed.");
    }

    private static (Operation First, Operation Second)? Twice(List<Operation> increments)
    {
        Dictionary<long, Operation> sums = [];
        foreach (Operation increment in increments.Where(i => i.Outcome == HistoryEventType.Ok && i.Result.IsNumber
            && i.Result != i.Argument))
        {
            if (!sums.TryAdd(increment.Result.Number, increment))
            {
                return (sums[increment.Result.Number], increment);
            }
        }

        return null;
    }

    private static long AmountOf(Operation increment)
    {
        long amount = increment.Argument.IsNull ? 1
            : increment.Argument.IsNumber ? increment.Argument.Number
            : throw new FormatException($"{increment} has no number as its amount.");
        return amount > 0 ? amount : throw new FormatException($"{increment} has an amount below 1.");
    }

    private static long NumberOf(Operation read) => read.Result.IsNull ? 0
        : read.Result.IsNumber ? read.Result.Number
        : throw new FormatException($"{read} has no number as its result.");

    /// <summary>Sums of some amounts are multiples of the greatest common divisor.</summary>
    private static long Divisor(List<long> amounts)
    {
        long divisor = 0;
        foreach (long amount in amounts)
        {
            (long a, long b) = (divisor, amount);
            while (b != 0)
            {
                (a, b) = (b, a % b);
            }

            divisor = a;
        }

        return divisor;
    }
}
