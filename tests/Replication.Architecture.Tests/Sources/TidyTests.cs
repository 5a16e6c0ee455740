using System.Globalization;
using Xunit.Abstractions;

namespace Replication.Architecture.Tests.Sources;

/// <summary>The rules on text and names, over every file, and each rule on a text that breaks it.</summary>
public sealed class TidyTests
{
    private readonly ITestOutputHelper _output;

    public TidyTests(ITestOutputHelper output)
    {
        _output = output;
    }

    private static IEnumerable<string> Sources => Repository.CSharpFiles
        .Where(p => p.StartsWith("src/", StringComparison.Ordinal));

    [Fact]
    public void No_line_of_code_is_longer_than_120_columns()
    {
        AssertTidy(Repository.CSharpFiles, Tidy.LongLines, "Break the line.");
        Assert.Single(Tidy.LongLines("a.cs", new string('x', 121) + "\n" + new string('x', 120)));
    }

    [Fact]
    public void No_file_is_longer_than_800_lines()
    {
        AssertTidy(Repository.CSharpFiles, Tidy.LongFile, "Split the file by responsibility, one idea per file.");
        Assert.Single(Tidy.LongFile("a.cs", new string('\n', 801)));
        Assert.Empty(Tidy.LongFile("a.cs", new string('\n', 800)));
    }

    [Fact]
    public void No_reminder_stands_without_an_issue_and_a_reason()
    {
        string word = "TO" + "DO";
        AssertTidy(
            Repository.CSharpFiles.Where(p => !p.EndsWith("/Tidy.cs", StringComparison.Ordinal)),
            Tidy.ReminderWithoutReason,
            $"Do it, or write {word}(#12): with what is missing and why it can wait.");
        Assert.Single(Tidy.ReminderWithoutReason("a.cs", $"// {word}: later"));
        Assert.Single(Tidy.ReminderWithoutReason("a.cs", "// FIX" + "ME"));
        Assert.Empty(
            Tidy.ReminderWithoutReason("a.cs", $"// {word}(#12): the engine has no iterator yet, scans are rare"));
    }

    [Fact]
    public void No_name_hides_what_a_thing_does()
    {
        AssertTidy(
            Repository.TextFiles.Where(p => p.StartsWith("src/", StringComparison.Ordinal)
                || p.StartsWith("tests/", StringComparison.Ordinal)
                    || p.StartsWith("samples/", StringComparison.Ordinal)),
            Tidy.HidingName,
            "Name the thing after what it does (ReadIndexQueue, not ReadManager; no folder of leftovers).");
        Assert.Single(Tidy.HidingName("src/A/Utils/B.cs", "class B { }"));
        Assert.Equal(2, Tidy.HidingName("src/A/B.cs", "class ReadManager { }\nrecord struct LogHelper { }").Count());
        Assert.Empty(Tidy.HidingName("src/A/B.cs", "class ManagerView { } // class ReadManager"));
    }

    [Fact]
    public void One_word_for_one_idea()
    {
        AssertTidy(Sources, Tidy.BannedWord, "Use the word of the paper or the thesis.");
        Assert.Single(Tidy.BannedWord("a.cs", "int masterCount;"));
        Assert.Single(Tidy.BannedWord("a.cs", "int isSlave;"));
        Assert.Empty(Tidy.BannedWord("a.cs", "int mastery; // false sense"));
    }

    [Fact]
    public void The_frameworks_flush_to_disk_is_not_used()
    {
        AssertTidy(
            Sources,
            Tidy.FrameworkFlush,
            "On Linux the framework drops the error of fsync. Use the file seam, which calls fdatasync itself.");
        Assert.Single(Tidy.FrameworkFlush("a.cs", "RandomAccess.FlushToDisk(handle);"));
        Assert.Single(Tidy.FrameworkFlush("a.cs", "stream.Flush(true);"));
        Assert.Single(Tidy.FrameworkFlush("a.cs", "stream.Flush(flushToDisk: true);"));
        Assert.Empty(Tidy.FrameworkFlush("a.cs", "// FlushToDisk is wrong\nwriter.Flush();"));
    }

    [Fact]
    public void No_file_names_a_package_registry()
    {
        AssertTidy(
            Repository.TextFiles, Tidy.RegistryAddress, "Where packages come from is the business of each machine.");
        Assert.Single(Tidy.RegistryAddress("a.md", "see https" + "://www.nu" + "get.org/packages/X"));
    }

    [Fact]
    public void No_file_names_a_path_of_somebodys_machine()
    {
        AssertTidy(
            Repository.TextFiles, Tidy.MachinePath, "Use a path relative to the repository or a temporary directory.");
        Assert.Single(Tidy.MachinePath("a.md", "cd /ho" + "me/somebody"));
        Assert.Single(Tidy.MachinePath("a.md", "in /ro" + "ot/x"));
        Assert.Empty(Tidy.MachinePath("a.md", "https://example.com/ho" + "me/page"));
    }

    [Fact]
    public void Long_files_and_methods_are_listed_and_known()
    {
        SortedDictionary<string, int> long_ = new(StringComparer.Ordinal);
        foreach (string path in Repository.CSharpFiles)
        {
            string text = Repository.Read(path);
            if (Tidy.LineCount(text) > Tidy.FileLinesToList)
            {
                long_[path] = Tidy.LineCount(text);
            }

            foreach ((string name, int lines) in MethodLengths.Of(text).Where(m => m.Lines > Tidy.MethodLinesToList))
            {
                string key = $"{path}: {name}";
                long_[key] = Math.Max(lines, long_.GetValueOrDefault(key));
            }
        }

        foreach ((string what, int lines) in long_)
        {
            _output.WriteLine($"{lines,5} {what}");
        }

        // Names are compared, counts are not: a known long file may move by a line.
        Approved.AssertEqual(
            "sizes.txt",
            [.. long_.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Key}\t{e.Value}"))],
            line => line.Split('\t')[0],
            $"Files over {Tidy.FileLinesToList} and methods over {Tidy.MethodLinesToList} lines are looked at again: "
            + "split it, or approve it with REWRITE=1 dotnet test tests/Replication.Architecture.Tests.");
    }

    private static void AssertTidy(
        IEnumerable<string> files, Func<string, string, IEnumerable<string>> rule, string whatToDo)
    {
        string[] all = [.. files];
        Assert.NotEmpty(all);
        Repository.AssertNone(all.SelectMany(f => rule(f, Repository.Read(f))), whatToDo);
    }
}
