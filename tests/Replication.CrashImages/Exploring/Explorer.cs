using Replication.CrashImages.Subjects;
using Replication.Errors;
using Replication.Testing.Disks;

namespace Replication.CrashImages.Exploring;

/// <summary>How far an exploration goes.</summary>
/// <param name="ImagesMax">At most so many images a crash point and manner of loss.</param>
/// <param name="RecoveryImagesMax">The same for crash points within a recovery.</param>
internal readonly record struct ExploringLimits(int ImagesMax, int RecoveryImagesMax);

/// <summary>Where a violation was found: all that is needed to see it again.</summary>
internal sealed record Finding(
    string Subject, string Start, string Program, long CrashPoint, PowerLoss Loss, IReadOnlyList<int> Answers,
    Violation Violation)
{
    /// <summary>Gets the arguments that make this image again.</summary>
    public string Replay =>
        $"--subject {Subject} --start \"{Start}\" --program \"{Program}\" --crash-point {CrashPoint} "
            + $"--loss {Loss.Sectors} --image {(Answers.Count == 0 ? "-" : string.Join('.', Answers))}";
}

/// <summary>Runs programs on a subject, crashes them at every change of the disk, and judges every image.</summary>
/// <remarks>
/// A recovery that is crashed itself may lose more of what nobody was told of: it writes into the last sector that it
/// keeps. It must not lose anything acknowledged. Of a program only the crash points in its last operation are new: those before belong to a shorter program. Equal
/// images recover equally, so each is recovered once.
/// </remarks>
internal sealed class Explorer(ISubject subject, ExploringLimits limits, int findingsMax = 5)
{
    private static readonly PowerLoss[] Losses =
        [new(SectorLoss.Reordered, NameLoss.Any), new(SectorLoss.Torn, NameLoss.Any)];

    private readonly Dictionary<string, SimulatedDisk> _starts = [];
    private readonly Dictionary<ulong, Recovery> _recovered = [];
    private readonly HashSet<(ulong Image, string Expectation)> _deep = [];

    public ExploringCounts Counts { get; } = new();

    public List<Finding> Findings { get; } = [];

    /// <summary>Explores all programs up to a length, over all starts.</summary>
    public void ExploreAll(int operationsMax)
    {
        foreach (string start in subject.Starts)
        {
            foreach (string program in Programs(subject.Operations, operationsMax))
            {
                Explore(start, program);
            }
        }
    }

    /// <summary>Explores the crash points of a program's last operation, or of its opening if it has none.</summary>
    public void Explore(string start, string program)
    {
        Counts.Programs++;
        SimulatedDisk disk = StartOf(start).Clone();
        (long from, Expectation before, Expectation after) = Run(disk, program);
        for (long point = from + 1; point <= disk.Position; point++)
        {
            Counts.CrashPoints++;
            bool isDone = point == disk.Position;
            foreach (PowerLoss loss in Losses)
            {
                (int images, bool isAll) = EveryImage.Of(disk, point, loss, limits.ImagesMax, (image, answers) =>
                {
                    if (Findings.Count < findingsMax && Judge(image, isDone ? after : before, after) is { } violation)
                    {
                        Findings.Add(new Finding(subject.Name, start, program, point, loss, answers, violation));
                    }
                });
                Counts.Images += images;
                Counts.CappedCrashPoints += isAll ? 0 : 1;
            }
        }
    }

    /// <summary>Judges one image again.</summary>
    public Violation? Replay(string start, string program, long point, PowerLoss loss, IReadOnlyList<int> answers)
    {
        SimulatedDisk disk = StartOf(start).Clone();
        (_, Expectation before, Expectation after) = Run(disk, program);
        return Judge(
            EveryImage.Of(disk, point, loss, answers), point == disk.Position ? after : before, after);
    }

    private static IEnumerable<string> Programs(string operations, int lengthMax)
    {
        yield return string.Empty;
        var shorter = new List<string> { string.Empty };
        for (int length = 1; length <= lengthMax; length++)
        {
            shorter = [.. shorter.SelectMany(program => operations.Select(operation => program + operation))];
            foreach (string program in shorter)
            {
                yield return program;
            }
        }
    }

    private SimulatedDisk StartOf(string start)
    {
        if (!_starts.TryGetValue(start, out SimulatedDisk? disk))
        {
            disk = new SimulatedDisk(1);
            if (start.Length > 0)
            {
                using IOpenSubject open = subject.Open(disk);
                foreach (char operation in start)
                {
                    open.Do(operation);
                }

                // It was killed, not closed: what closing does is no part of the start.
                disk = disk.DurableImage();
            }

            disk.DefersDurability = true;
            _starts.Add(start, disk);
        }

        return disk;
    }

    private (long From, Expectation Before, Expectation After) Run(SimulatedDisk disk, string program)
    {
        long from = disk.Position;
        using IOpenSubject open = subject.Open(disk);
        Expectation after = open.Expectation;
        Expectation before = after;
        foreach (char operation in program)
        {
            from = disk.Position;
            before = open.Expectation;
            open.Do(operation);
            after = open.Expectation;
        }

        disk.DefersDurability = true;
        long end = disk.Position;
        open.Dispose();
        disk.ReturnTo(end);
        return (from, before, after);
    }

    private Violation? Judge(SimulatedDisk image, Expectation before, Expectation after)
    {
        ulong hash = image.Hash();
        Recovery recovery = RecoverOnce(hash, image);
        if (recovery.Refusal is { } refusal)
        {
            return new Violation(ViolationKind.Refused, refusal);
        }

        return before.Judge(recovery.Content!, after)
            ?? (_deep.Add((hash, before.KeyWith(after))) ? JudgeRecovery(image, before, after) : null);
    }

    /// <summary>Judges what a recovery left: crashed at any point, and gone on with.</summary>
    private Violation? JudgeRecovery(SimulatedDisk image, Expectation before, Expectation after)
    {
        Counts.DistinctImages++;
        (Recovery recovery, SimulatedDisk recovered) = Recover(image.Clone());
        Violation? found = null;
        var loss = new PowerLoss(SectorLoss.Torn, NameLoss.Any);
        for (long point = recovery.From + 1; point <= recovered.Position && found is null; point++)
        {
            (int images, _) = EveryImage.Of(recovered, point, loss, limits.RecoveryImagesMax, (crashed, _) =>
            {
                Recovery second = RecoverOnce(crashed.Hash(), crashed);
                string? wrong = second.Refusal ?? before.Judge(second.Content!, after)?.Details;
                found ??= wrong is null ? null : new Violation(ViolationKind.NotIdempotent,
                    $"found [{string.Join(' ', recovery.Content!)}]; after a crash within that recovery: {wrong}");
            });
            Counts.RecoveryImages += images;
        }

        return found ?? JudgeSequel(recovered);
    }

    private Violation? JudgeSequel(SimulatedDisk recovered)
    {
        SimulatedDisk disk = recovered.Clone();
        disk.EndProcess();
        Expectation expected;
        using (IOpenSubject open = subject.Open(disk))
        {
            foreach (char operation in subject.Sequel)
            {
                open.Do(operation);
            }

            expected = open.Expectation;
            long end = disk.Position;
            open.Dispose();
            disk = disk.At(end).DurableImage();
        }

        Recovery second = Recover(disk).Recovery;
        return second.Refusal is { } refusal
            ? new Violation(ViolationKind.LostAfterRecovery, refusal)
            : expected.Judge(second.Content!, expected) is { } violation
                ? violation with { Kind = ViolationKind.LostAfterRecovery }
                : null;
    }

    private Recovery RecoverOnce(ulong hash, SimulatedDisk image)
    {
        if (!_recovered.TryGetValue(hash, out Recovery? recovery))
        {
            recovery = Recover(image.Clone()).Recovery;
            _recovered.Add(hash, recovery);
        }

        return recovery;
    }

    private (Recovery Recovery, SimulatedDisk Disk) Recover(SimulatedDisk disk)
    {
        disk.DefersDurability = true;
        long from = disk.Position;
        try
        {
            using IOpenSubject open = subject.Open(disk);
            long end = disk.Position;
            IReadOnlyList<string> content = open.Content;
            open.Dispose();
            disk.ReturnTo(end);
            return (new Recovery(from, content, null), disk);
        }
        catch (ReplicationException exception)
        {
            return (new Recovery(from, null, $"{exception.GetType().Name}: {exception.Message}"), disk);
        }
    }

    private sealed record Recovery(long From, IReadOnlyList<string>? Content, string? Refusal);
}

/// <summary>What an exploration did.</summary>
internal sealed class ExploringCounts
{
    public long Programs { get; set; }

    public long CrashPoints { get; set; }

    public long Images { get; set; }

    /// <summary>Gets or sets how many images differed, each with its recovery crashed and gone on with.</summary>
    public long DistinctImages { get; set; }

    public long RecoveryImages { get; set; }

    /// <summary>Gets or sets at how many crash points and manners of loss there were more images than were
    /// made.</summary>
    public long CappedCrashPoints { get; set; }
}
