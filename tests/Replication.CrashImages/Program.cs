using System.Diagnostics;
using System.Globalization;
using Replication.CrashImages.Exploring;
using Replication.CrashImages.Subjects;
using Replication.Testing.Disks;

namespace Replication.CrashImages;

/// <summary>Enumerates what crashes leave of logs and small files, and judges what is recovered from it.</summary>
internal static class Program
{
    private const string Command = "dotnet run -c Release --project tests/Replication.CrashImages --";

    private static int Main(string[] arguments)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || !arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                return Usage();
            }

            options[arguments[i][2..]] = arguments[i + 1];
        }

        return options.ContainsKey("image") ? Replay(options) : Explore(options);
    }

    private static int Usage()
    {
        Console.Error.WriteLine(
            $"""
            {Command} [--operations N] [--subject NAME] [--images N] [--recovery-images N]
            {Command} --subject NAME --start S --program P --crash-point N --loss L --image I
            Subjects: {string.Join(", ", AllSubjects.Make().Select(subject => subject.Name))}
            """);
        return 2;
    }

    private static int Explore(Dictionary<string, string> options)
    {
        var limits = new ExploringLimits(Number(options, "images", 4096), Number(options, "recovery-images", 128));
        int operations = Number(options, "operations", 4);
        var findings = new List<Finding>();
        long images = 0;
        Console.WriteLine("subject          programs crash points    images  distinct  recovery images  capped   s");
        foreach (ISubject subject in AllSubjects.Make())
        {
            if (options.TryGetValue("subject", out string? name) && name != subject.Name)
            {
                continue;
            }

            var watch = Stopwatch.StartNew();
            var explorer = new Explorer(subject, limits);
            explorer.ExploreAll(name is null ? Math.Min(operations, AllSubjects.OperationsMax(subject)) : operations);
            ExploringCounts counts = explorer.Counts;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{subject.Name,-16} {counts.Programs,8} {counts.CrashPoints,12} {counts.Images,9} "
                    + $"{counts.DistinctImages,9} {counts.RecoveryImages,16} {counts.CappedCrashPoints,7} "
                    + $"{watch.Elapsed.TotalSeconds,3:F0}"));
            findings.AddRange(explorer.Findings);
            images += counts.Images + counts.RecoveryImages;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{images} images: {string.Join(", ", Enum.GetValues<ViolationKind>().Select(kind =>
                $"{kind} {findings.Count(finding => finding.Violation.Kind == kind)}"))}"));
        foreach (Finding finding in findings)
        {
            Console.WriteLine($"{finding.Violation.Kind}: {finding.Violation.Details}");
            Console.WriteLine($"  {Command} {finding.Replay}");
        }

        return findings.Count > 0 ? 1 : images == 0 ? 2 : 0;
    }

    private static int Replay(Dictionary<string, string> options)
    {
        ISubject? subject = AllSubjects.Make().FirstOrDefault(one => one.Name == options.GetValueOrDefault("subject"));
        if (subject is null || !Enum.TryParse(options.GetValueOrDefault("loss"), out SectorLoss loss))
        {
            return Usage();
        }

        string image = options["image"];
        int[] answers = image == "-"
            ? []
            : [.. image.Split('.').Select(answer => int.Parse(answer, CultureInfo.InvariantCulture))];
        Violation? violation = new Explorer(subject, new ExploringLimits(4096, 128)).Replay(
            options.GetValueOrDefault("start", string.Empty),
            options.GetValueOrDefault("program", string.Empty),
            Number(options, "crash-point", 0),
            new PowerLoss(loss, NameLoss.Any),
            answers);
        Console.WriteLine(violation is null ? "no violation" : $"{violation.Kind}: {violation.Details}");
        return violation is null ? 0 : 1;
    }

    private static int Number(Dictionary<string, string> options, string name, int otherwise) =>
        options.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
