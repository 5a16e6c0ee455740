using System.Diagnostics;
using System.Globalization;
using Replication.CheckerSpeed;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

// Measures the checkers on generated histories: `dotnet run -c Release --project benchmarks/Replication.CheckerSpeed
// [PART OF A NAME] [--seed N] [--rounds N]`. Parsing is shown apart. Each figure is the median of the rounds: time that
// passed, and processor time of the whole process, which neighbours on a busy machine disturb less.
// Transactions: `-- list-append [transactions] [clients] [appends per key] [seed]`.
if (args is ["list-append", ..])
{
    return ListAppendSpeed.Run(Place(1, 1_000_000), Place(2, 20), Place(3, 64), Place(4, 1));
}

string part = args.Length > 0 && !args[0].StartsWith("--", StringComparison.Ordinal) ? args[0] : "";
int seed = Option("--seed", 1);
int rounds = Option("--rounds", 3);
HistoryChecks checks = new();
int failures = 0;
Console.WriteLine("| History | Model | Operations | Parse, s | processor | Check, s | processor | Verdict |");
Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |");
foreach (Workload workload in Workload.All.Where(w => w.Name.Contains(part, StringComparison.Ordinal)))
{
    string path = Path.GetTempFileName();
    try
    {
        WriteHistory(path, workload);
        Measure(path, workload);
    }
    finally
    {
        File.Delete(path);
    }
}

return failures;

int Place(int place, int otherwise) =>
    args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;

int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and int at
        ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
        : otherwise;

void WriteHistory(string path, Workload workload)
{
    using FileStream stream = File.Create(path);
    using HistoryWriter writer = new(stream);
    HistoryValue? firstWritten = null;
    bool isBroken = false;
    foreach (HistoryEvent e in new HistoryGenerator(workload, seed).Events())
    {
        if (firstWritten is null && e is { F: "write", Type: HistoryEventType.Ok })
        {
            firstWritten = e.Value;
        }

        bool isStale = workload.IsBroken && !isBroken && e.Index > workload.Operations * 9L / 5
            && e is { F: "read", Type: HistoryEventType.Ok };
        writer.Write(isStale ? e with { Value = firstWritten!.Value } : e);
        isBroken |= isStale;
    }
}

void Measure(string path, Workload workload)
{
    List<(double Passed, double Processor)> parsing = [];
    List<(double Passed, double Processor)> checking = [];
    Verdict? verdict = null;
    for (int round = 0; round < rounds; round++)
    {
        History? history = null;
        parsing.Add(Timed(() => history = HistoryReader.ReadFile(path)));
        checking.Add(Timed(() => verdict = checks.Check(history!, workload.Model)));
    }

    Validity expected = workload.IsBroken ? Validity.Invalid : Validity.Valid;
    failures += verdict!.Validity == expected ? 0 : 1;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {workload.Name} | {workload.Model} | {workload.Operations:N0} | "
        + $"{Median(parsing.Select(t => t.Passed)):F3} | {Median(parsing.Select(t => t.Processor)):F3} | "
        + $"{Median(checking.Select(t => t.Passed)):F3} | {Median(checking.Select(t => t.Processor)):F3} | "
        + $"{verdict.Validity} |"));
}

static (double Passed, double Processor) Timed(Action action)
{
    TimeSpan processor = Environment.CpuUsage.TotalTime;
    long start = Stopwatch.GetTimestamp();
    action();
    return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
}

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return sorted[sorted.Length / 2];
}
