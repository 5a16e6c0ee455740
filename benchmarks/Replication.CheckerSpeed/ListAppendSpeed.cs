using System.Diagnostics;
using System.Globalization;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Transactions;
using Replication.Testing.Histories;

namespace Replication.CheckerSpeed;

/// <summary>Measures the check of list-append transactions, with parsing shown apart.</summary>
internal static class ListAppendSpeed
{
    private const double MebiByte = 1 << 20;

    /// <summary>Writes a history to a temporary file, reads it and checks it.</summary>
    /// <returns>0 if all verdicts are valid.</returns>
    public static int Run(int transactions, int clients, int appendsPerKey, int seed)
    {
        string path = Path.GetTempFileName();
        try
        {
            new ListAppendWorkload(transactions, clients, appendsPerKey, seed).Write(path);
            Print($"{transactions} transactions of {clients} clients, {appendsPerKey} appends a key, seed {seed}");
            Print($"{new FileInfo(path).Length / MebiByte:F0} MiB of JSON lines");
            (History history, TimeSpan parsing) = Measure(() => HistoryReader.ReadFile(path));
            Print($"parsing                    {parsing.TotalSeconds,7:F2} s");
            bool isValid = true;
            foreach (string model in new[] { "strict-serializable", "serializable", "snapshot-isolation" })
            {
                (TransactionVerdict verdict, TimeSpan checking) = Measure(
                    () => TransactionCheck.ListAppend(history, new TransactionCheckOptions { Consistency = model }));
                isValid &= verdict.Verdict.Validity == Validity.Valid;
                Print($"check {model,-20} {checking.TotalSeconds,7:F2} s, one thread: {verdict.Verdict.Validity}");
            }

            using Process process = Process.GetCurrentProcess();
            Print($"most memory of the process {process.PeakWorkingSet64 / MebiByte,7:F0} MiB");
            Print($"of it the history          {GC.GetTotalMemory(true) / MebiByte,7:F0} MiB");
            GC.KeepAlive(history);
            return isValid ? 0 : 1;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (T Result, TimeSpan Time) Measure<T>(Func<T> action)
    {
        long start = Stopwatch.GetTimestamp();
        T result = action();
        return (result, Stopwatch.GetElapsedTime(start));
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
