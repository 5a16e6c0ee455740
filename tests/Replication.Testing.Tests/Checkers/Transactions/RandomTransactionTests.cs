using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Transactions;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Checkers.Transactions;

/// <summary>The checkers against the naive check on random histories. TRANSACTION_HISTORIES=100000 sets how
/// many.</summary>
public sealed class RandomTransactionTests
{
    private static readonly string[] Models =
    [
        "read-uncommitted", "read-committed", "repeatable-read", "snapshot-isolation", "serializable",
        "strong-session-snapshot-isolation", "strong-session-serializable", "strict-serializable",
    ];

    private static int Histories =>
        int.TryParse(Environment.GetEnvironmentVariable("TRANSACTION_HISTORIES"), out int count) ? count : 1_000;

    [Fact]
    public void List_append_verdicts_equal_those_of_a_naive_search()
    {
        Count seen = new();
        for (int seed = 0; seed < Histories; seed++)
        {
            History history = RandomTransactions.Lists(seed, 2 + (seed % 6));
            Compare(seed, history, new NaiveListCheck(history), o => TransactionCheck.ListAppend(history, o), seen);
        }

        seen.MustBeVaried();
    }

    [Fact]
    public void Register_verdicts_equal_those_of_a_naive_search()
    {
        Count seen = new();
        for (int seed = 0; seed < Histories; seed++)
        {
            History history = RandomTransactions.Registers(seed, 2 + (seed % 6));
            Compare(
                seed, history, new NaiveRegisterCheck(history), o => TransactionCheck.ReadWriteRegister(history, o), seen);
        }

        seen.MustBeVaried();
    }

    private static void Compare(
        int seed,
        History history,
        NaiveCheck naive,
        Func<TransactionCheckOptions, TransactionVerdict> check,
        Count seen)
    {
        if (naive.IsAmbiguous)
        {
            seen.Ambiguous++;
            Assert.Equal(
                Validity.Invalid, check(new TransactionCheckOptions { Consistency = "read-committed" }).Verdict.Validity);
            return;
        }

        foreach (string model in Models)
        {
            TransactionVerdict verdict = check(new TransactionCheckOptions { Consistency = model });
            Validity expected = naive.Keeps(model) switch
            {
                true => Validity.Valid,
                false => Validity.Invalid,
                null => Validity.Unknown,
            };
            HashSet<string> known = [.. naive.Anomalies, .. naive.CycleNames(model), "empty-transaction-graph"];
            string[] invented =
            [
                .. verdict.Anomalies.Where(a => !a.EndsWith("-cycle-exists", StringComparison.Ordinal)
                    && !known.Contains(a)),
            ];
            Assert.True(
                expected == verdict.Verdict.Validity && invented.Length == 0,
                $"Seed {seed}, {model}: expected {expected}, invented [{string.Join(", ", invented)}], "
                + $"naive [{string.Join(", ", known)}].\n{string.Join('\n', history.Operations)}\n{verdict.Verdict}");
            seen.Add(expected, verdict.Anomalies);
        }
    }

    private sealed class Count
    {
        private readonly Dictionary<Validity, int> _validities = [];
        private readonly HashSet<string> _anomalies = [];

        public int Ambiguous { get; set; }

        public void Add(Validity validity, IEnumerable<string> anomalies)
        {
            _validities[validity] = _validities.GetValueOrDefault(validity) + 1;
            _anomalies.UnionWith(anomalies);
        }

        /// <summary>A comparison of histories that are all alike shows nothing.</summary>
        public void MustBeVaried()
        {
            int all = _validities.Values.Sum();
            Assert.InRange(_validities.GetValueOrDefault(Validity.Valid), all / 10, all * 9 / 10);
            Assert.InRange(_validities.GetValueOrDefault(Validity.Invalid), all / 10, all * 9 / 10);
            Assert.True(_anomalies.Count >= 10, $"Only seen: {string.Join(", ", _anomalies)}.");
        }
    }
}
