using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Transactions;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Checkers.Transactions;

/// <summary>Histories of a strict database are valid; each of one fault in them is found.</summary>
public sealed class MutatedTransactionTests
{
    private const int Histories = 300;

    /// <summary>Changes the list of a read, or gives null where the fault does not fit.</summary>
    private static readonly Dictionary<string, Func<Read, HistoryValue[]?>> Faults = new(StringComparer.Ordinal)
    {
        ["an element that nobody appended"] = r => [.. r.List, 999L],
        ["an element twice"] = r => r.List.Length < 1 ? null : [.. r.List, r.List[0]],
        ["an element missing in the middle"] = r => r.List.Length < 2 ? null : [.. r.List[..^2], r.List[^1]],
        ["two elements swapped"] = r => r.List.Length < 2 ? null : [.. r.List[..^2], r.List[^1], r.List[^2]],
        ["an append that had completed missing"] =
            r => r.List.Length < 1 || !r.IsLastCompletedBefore(r.List[^1]) ? null : r.List[..^1],
        ["an append that failed"] = r => r.Failed is { } failed ? [.. r.List, failed] : null,
    };

    [Fact]
    public void Strict_histories_are_valid()
    {
        for (int seed = 0; seed < Histories; seed++)
        {
            History lists = RandomTransactions.Lists(seed, 12, RandomTransactions.Isolation.Strict);
            History registers = RandomTransactions.Registers(seed, 12, RandomTransactions.Isolation.Strict);

            Verdict list = TransactionCheck.ListAppend(lists).Verdict;
            Verdict register = TransactionCheck.ReadWriteRegister(registers, new TransactionCheckOptions
            {
                WritesFollowReads = true,
                SequentialKeys = true,
                LinearizableKeys = true,
            }).Verdict;

            Assert.True(list.Validity == Validity.Valid, $"Seed {seed}: {list}");
            Assert.True(register.Validity == Validity.Valid, $"Seed {seed}: {register}");
        }
    }

    [Fact]
    public void Each_fault_in_one_read_is_rejected()
    {
        Dictionary<string, int> tried = Faults.Keys.ToDictionary(k => k, _ => 0);
        for (int seed = 0; seed < Histories; seed++)
        {
            History history = RandomTransactions.Lists(seed, 12, RandomTransactions.Isolation.Strict);
            foreach (Read read in Reads(history))
            {
                foreach ((string fault, Func<Read, HistoryValue[]?> change) in Faults)
                {
                    if (change(read) is { } list)
                    {
                        tried[fault]++;
                        TransactionVerdict verdict = TransactionCheck.ListAppend(read.With(list));
                        Assert.True(
                            verdict.Verdict.Validity == Validity.Invalid,
                            $"Seed {seed}, {fault}: {read.Operation} -> [{string.Join(", ", list)}]\n{verdict.Verdict}\n"
                            + string.Join('\n', history.Operations));
                    }
                }
            }
        }

        Assert.All(tried, t => Assert.True(t.Value > 100, $"{t.Key} was tried {t.Value} times."));
    }

    /// <summary>The reads whose list another transaction read as well or continued, so that a change shows.</summary>
    private static IEnumerable<Read> Reads(History history) =>
        from operation in history.Operations
        where operation.Outcome == HistoryEventType.Ok
        from step in Enumerable.Range(0, operation.Result.Items.Length)
        let read = new Read(history, operation, step)
        where read.IsFirstOfItsKey && read.IsConfirmed
        select read;

    private sealed class Read(History history, Operation operation, int step)
    {
        public Operation Operation => operation;

        public HistoryValue[] List { get; } = ListOf(operation.Result.Items[step]);

        private HistoryValue Key => operation.Result.Items[step].Items[1];

        public bool IsFirstOfItsKey => operation.Result.Items[step].Items[0].Text == "r"
            && operation.Result.Items[..step].ToArray().All(s => s.Items[1] != Key);

        public bool IsConfirmed => history.Operations.Any(o => o != operation && o.Outcome == HistoryEventType.Ok
            && o.Result.Items.ToArray().Any(s => s.Items[0].Text == "r" && s.Items[1] == Key
                && ListOf(s) is { Length: > 0 } other && other.AsSpan().StartsWith(List)));

        public HistoryValue? Failed => history.Operations.Where(o => o.Outcome == HistoryEventType.Fail)
            .SelectMany(o => o.Argument.Items.ToArray())
            .Where(s => s.Items[0].Text == "append" && s.Items[1] == Key)
            .Select(s => (HistoryValue?)s.Items[2])
            .FirstOrDefault();

        public bool IsLastCompletedBefore(HistoryValue element) => history.Operations.Any(o => o != operation
            && o.CompletionIndex < operation.InvocationIndex
            && o.Argument.Items.ToArray().Any(s => s.Items[0].Text == "append" && s.Items[1] == Key && s.Items[2] == element));

        public History With(HistoryValue[] list)
        {
            HistoryValue[] steps = operation.Result.Items.ToArray();
            steps[step] = HistoryValue.FromList(HistoryValue.FromText("r"), Key, HistoryValue.FromList(list));
            IEnumerable<HistoryEvent> events = history.Operations
                .SelectMany(o => new[] { o.Invocation, o.Completion })
                .OfType<HistoryEvent>()
                .OrderBy(e => e.Index)
                .Select(e => e == operation.Completion ? e with { Value = HistoryValue.FromList(steps) } : e);
            return History.FromEvents(events);
        }

        private static HistoryValue[] ListOf(HistoryValue read) =>
            read.Items[2].IsList ? read.Items[2].Items.ToArray() : [];
    }
}
