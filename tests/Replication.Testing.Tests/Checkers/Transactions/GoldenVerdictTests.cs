using System.Text.Json;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Transactions;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Checkers.Transactions;

/// <summary>Histories of simulated databases with the verdicts of the field's reference checker.</summary>
public sealed class GoldenVerdictTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "elle");

    [Fact]
    public void All_golden_verdicts_agree()
    {
        List<string> differences = [];
        int rows = 0;
        foreach (IGrouping<string, Row> group in Rows().GroupBy(r => r.History))
        {
            History history = HistoryReader.ReadFile(Path.Combine(Folder, group.Key + ".jsonl"));
            foreach (Row row in group)
            {
                rows++;
                TransactionVerdict verdict =
                    TransactionCheck.ListAppend(history, new TransactionCheckOptions { Consistency = row.Model });
                string expected = Text(row.IsValid, row.Not, row.IsSearchCut ? [] : row.Anomalies);
                string actual = Text(
                    verdict.Verdict.Validity == Validity.Valid,
                    verdict.ExcludedModels,
                    row.IsSearchCut ? [] : verdict.Anomalies);
                if (verdict.Verdict.Validity == Validity.Unknown || expected != actual)
                {
                    differences.Add($"{row.History} {row.Model}\n  expected {expected}\n  actual   {actual}");
                }
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differ:\n{string.Join('\n', differences)}");
        Assert.Equal(280, rows);
    }

    private static string Text(bool isValid, IEnumerable<string> excluded, IEnumerable<string> anomalies) =>
        $"{isValid} not [{string.Join(", ", excluded.Order(StringComparer.Ordinal))}] "
        + $"anomalies [{string.Join(", ", anomalies.Order(StringComparer.Ordinal))}]";

    private static IEnumerable<Row> Rows()
    {
        foreach (string line in File.ReadLines(Path.Combine(Folder, "verdicts.jsonl")))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement row = json.RootElement;
            yield return new Row(
                row.GetProperty("history").GetString()!,
                row.GetProperty("model").GetString()!,
                row.GetProperty("valid").GetBoolean(),
                Texts(row.GetProperty("anomalies")),
                Texts(row.GetProperty("not")));
        }
    }

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString()!)];

    private sealed record Row(string History, string Model, bool IsValid, string[] Anomalies, string[] Not)
    {
        /// <summary>Gets a value that indicates whether the reference gave its search up: then the anomalies are what
        /// it happened to have found.</summary>
        public bool IsSearchCut => Anomalies.Contains("cycle-search-timeout");
    }
}
