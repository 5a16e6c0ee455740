using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Replication.Architecture.Tests.Docs;

/// <summary>The tables of options in the pages hold every option with its real default, and no other.</summary>
public sealed partial class OptionsTests
{
    private static readonly string[] Packages =
        ["Replication", "Replication.Faster", "Replication.Grpc", "Replication.Testing"];

    private static readonly string[] OptionPages =
        ["docs/operations.md", "docs/checkers.md", "docs/testing-your-state-machine.md"];

    private static IEnumerable<(string Name, object? Default)> Options =>
        from package in Packages
        from type in Assembly.Load(package).GetExportedTypes()
        where type.IsClass && !type.IsAbstract
            && (type.Name.EndsWith("Options", StringComparison.Ordinal)
                || type.Name.EndsWith("Limits", StringComparison.Ordinal))
        where type.GetConstructor(Type.EmptyTypes) is not null
        let instance = Activator.CreateInstance(type)
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is { IsPublic: true } || IsCollection(property.PropertyType)
        select ($"{type.Name}.{property.Name}", property.GetValue(instance));

    [Fact]
    public void Every_option_has_a_row_with_its_default()
    {
        Dictionary<string, string> rows = Rows(
            string.Join('\n', OptionPages.Select(Repository.Read)));
        (string Name, object? Default)[] options = [.. Options];

        Assert.True(options.Length > 10, $"Only {options.Length} options were found.");
        Repository.AssertNone(
            options.Select(o => Violation(o.Name, o.Default, rows)).OfType<string>()
                .Concat(rows.Keys.Where(r => !options.Any(o => o.Name == r))
                    .Select(r => $"{r} is in the table, not in the code.")),
            "Mend the table of options in one of the pages: | `Type.Property` | default | bounds | at the extremes |.");
    }

    [Fact]
    public void A_wrong_default_and_a_missing_row_would_be_found()
    {
        Dictionary<string, string> rows = Rows("| `A.B` | 50 ms | x | y |\n| `A.C` | 64 MiB | x | y |");

        Assert.Null(Violation("A.B", TimeSpan.FromMilliseconds(50), rows));
        Assert.Null(Violation("A.C", 64L << 20, rows));
        Assert.NotNull(Violation("A.B", TimeSpan.FromMilliseconds(60), rows));
        Assert.NotNull(Violation("A.C", 63L << 20, rows));
        Assert.NotNull(Violation("A.D", 1, rows));
    }

    private static string? Violation(string name, object? value, Dictionary<string, string> rows)
    {
        if (!rows.TryGetValue(name, out string? documented))
        {
            return $"{name} has no row; its default is {Spellings(value)[0]}.";
        }

        string[] spellings = Spellings(value);
        return spellings.Contains(documented)
            ? null
            : $"{name}: the table says \"{documented}\", the code says \"{string.Join("\" or \"", spellings)}\".";
    }

    /// <summary>The ways in which a default may be written.</summary>
    private static string[] Spellings(object? value) => value switch
    {
        null => ["none"],
        TimeSpan t => [Duration(t)],
        bool b => [b ? "true" : "false"],
        int or long or uint or ulong or short or byte => Number(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        Guid g when g == Guid.Empty => ["none"],
        string { Length: 0 } => ["none"],
        Enum e => [e.ToString()],
        string s => [$"`{s}`"],
        IEnumerable many when !many.Cast<object>().Any() => ["empty"],
        ValueType v when v.Equals(Activator.CreateInstance(v.GetType())) => ["none"],
        IFormattable f => [f.ToString(null, CultureInfo.InvariantCulture)],
        _ => [value.ToString() ?? "none"],
    };

    private static bool IsCollection(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable));

    private static string[] Number(long n)
    {
        List<string> spellings = [n.ToString("#,0", CultureInfo.InvariantCulture)];
        foreach ((long unit, string name) in new[] { (1L << 30, "GiB"), (1L << 20, "MiB"), (1L << 10, "KiB") })
        {
            if (n != 0 && n % unit == 0)
            {
                spellings.Insert(0, $"{n / unit} {name}");
                break;
            }
        }

        return [.. spellings];
    }

    private static string Duration(TimeSpan t)
    {
        (long Ticks, string Name)[] units =
        [
            (TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "min"),
            (TimeSpan.TicksPerSecond, "s"), (TimeSpan.TicksPerMillisecond, "ms"),
        ];
        foreach ((long ticks, string name) in units)
        {
            if (t.Ticks != 0 && t.Ticks % ticks == 0)
            {
                return $"{t.Ticks / ticks} {name}";
            }
        }

        return t == TimeSpan.Zero ? "0" : t.ToString();
    }

    private static Dictionary<string, string> Rows(string text)
    {
        Dictionary<string, string> rows = new(StringComparer.Ordinal);
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n')
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal)))
        {
            string[] cells = [.. line.Split('|').Select(c => c.Trim())];
            if (cells.Length >= 5 && OptionName().IsMatch(cells[1]))
            {
                rows[cells[1].Trim('`')] = cells[2];
            }
        }

        return rows;
    }

    [GeneratedRegex(@"^`[A-Z]\w*\.[A-Z]\w*`$")]
    private static partial Regex OptionName();
}
