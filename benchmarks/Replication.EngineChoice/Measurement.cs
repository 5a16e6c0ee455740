using System.Diagnostics;

namespace Replication.EngineChoice;

/// <summary>One engine, one size: the same calls in the same order, one line of a table.</summary>
internal sealed class Measurement(string engine, int valueBytes, int keys)
{
    public const string Header =
        "| engine | value B | keys | insert us | update us | update B | scan of 50 us "
        + "| reads k/s beside updates | updates k/s beside reads | snapshot capture us | reading it ms "
        + "| checkpoint pause ms | whole checkpoint ms | longest run of 64 beside ms "
        + "| restart ms | restart CPU ms | memory MB |\n"
        + "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";

    private const int RunLength = 64;
    private const int Updates = 500_000;

    private readonly Random _random = new(1);
    private readonly byte[] _value = new byte[valueBytes];
    private readonly int[] _run = new int[RunLength];
    private readonly List<object> _cells = [];

    public void Run()
    {
        string directory = Path.Combine(Path.GetTempPath(), $"engine-choice-{Guid.NewGuid():N}");
        Directory.CreateDirectory(directory);
        try
        {
            using ICandidate candidate = engine == "cow" ? new CopyOnWriteCandidate(directory)
                : new FasterCandidate(directory);
            Measure(candidate);
            Console.WriteLine($"| {engine} | {valueBytes} | {keys} | {string.Join(" | ", _cells)} |");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private void Measure(ICandidate candidate)
    {
        _random.NextBytes(_value);
        Insert(candidate);
        Checkpoint(candidate);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Cell(ProcessorTime(() => Update(candidate, Updates)).TotalMicroseconds / Updates);
        _cells.Add((GC.GetAllocatedBytesForCurrentThread() - allocated) / Updates);
        Cell(ProcessorTime(() => Scans(candidate)).TotalMicroseconds / 20_000);
        ReadWhileApplying(candidate);
        Snapshots(candidate);
        CheckpointWhileApplying(candidate);
        Stopwatch restart = Stopwatch.StartNew();
        int found = 0;
        TimeSpan processor = ProcessorTime(() => found = candidate.Restart());
        Cell(restart.Elapsed.TotalMilliseconds);
        Cell(processor.TotalMilliseconds);
        Expect(found == keys, "every key is there after a restart");
        GC.Collect();
        using Process process = Process.GetCurrentProcess();
        Cell(process.WorkingSet64 / 1e6);
    }

    // Processor time of the whole process, collections included: what other work on the machine does not change.
    private static TimeSpan ProcessorTime(Action action)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        action();
        return Environment.CpuUsage.TotalTime - before;
    }

    private static double Rate(int count, Action action)
    {
        Stopwatch watch = Stopwatch.StartNew();
        action();
        return count / watch.Elapsed.TotalMilliseconds;
    }

    private static void Expect(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Not so: {what}.");
        }
    }

    private void Cell(double number) => _cells.Add(number < 10 ? number.ToString("F2") : number.ToString("F0"));

    private void Insert(ICandidate candidate)
    {
        int[] order = [.. Enumerable.Range(0, keys)];
        _random.Shuffle(order);
        TimeSpan processor = ProcessorTime(() =>
        {
            for (int i = 0; i < keys; i += RunLength)
            {
                candidate.Apply(order.AsSpan(i, Math.Min(RunLength, keys - i)), _value);
            }
        });
        Cell(processor.TotalMicroseconds / keys);
    }

    private static void Checkpoint(ICandidate candidate)
    {
        (Action background, Action end) = candidate.CaptureCheckpoint();
        background();
        end();
    }

    private int Zipfian() => (int)(keys * Math.Pow(_random.NextDouble(), 4));

    private void ApplyRun(ICandidate candidate)
    {
        for (int i = 0; i < RunLength; i++)
        {
            _run[i] = Zipfian();
        }

        candidate.Apply(_run, _value);
    }

    private void Update(ICandidate candidate, int count)
    {
        for (int i = 0; i < count; i += RunLength)
        {
            ApplyRun(candidate);
        }
    }

    private void Scans(ICandidate candidate)
    {
        for (int i = 0; i < 20_000; i++)
        {
            candidate.Scan(_random.Next(keys), 50);
        }
    }

    private void ReadWhileApplying(ICandidate candidate)
    {
        Func<int, bool> read = candidate.NewReader();
        bool stop = false;
        long reads = 0;
        Thread reader = new(() =>
        {
            Random random = new(2);
            while (!Volatile.Read(ref stop))
            {
                Expect(read(random.Next(keys)), "a key is there");
                reads++;
            }
        });
        Stopwatch watch = Stopwatch.StartNew();
        reader.Start();
        double updates = Rate(Updates, () => Update(candidate, Updates));
        double milliseconds = watch.Elapsed.TotalMilliseconds;
        Volatile.Write(ref stop, true);
        reader.Join();
        Cell(reads / milliseconds);
        Cell(updates);
    }

    private void Snapshots(ICandidate candidate)
    {
        List<double> captures = [];
        Func<int> snapshot = () => 0;
        for (int i = 0; i < 21; i++)
        {
            Update(candidate, 2_000);
            Stopwatch capture = Stopwatch.StartNew();
            snapshot = candidate.CaptureSnapshot();
            captures.Add(capture.Elapsed.TotalMicroseconds);
        }

        captures.Sort();
        Cell(captures[10]);
        Stopwatch watch = Stopwatch.StartNew();
        Task<int> reading = Task.Run(snapshot);
        while (!reading.IsCompleted)
        {
            ApplyRun(candidate);
        }

        Cell(watch.Elapsed.TotalMilliseconds);
        Expect(reading.Result == keys, "a snapshot holds every key");
    }

    private void CheckpointWhileApplying(ICandidate candidate)
    {
        Stopwatch pause = Stopwatch.StartNew();
        (Action background, Action end) = candidate.CaptureCheckpoint();
        pause.Stop();
        Stopwatch whole = Stopwatch.StartNew();
        Task running = Task.Run(background);
        TimeSpan longest = default;
        while (!running.IsCompleted)
        {
            Stopwatch run = Stopwatch.StartNew();
            ApplyRun(candidate);
            longest = run.Elapsed > longest ? run.Elapsed : longest;
        }

        running.GetAwaiter().GetResult();
        whole.Stop();
        pause.Start();
        end();
        Cell(pause.Elapsed.TotalMilliseconds);
        Cell(whole.Elapsed.TotalMilliseconds);
        Cell(longest.TotalMilliseconds);
    }
}
