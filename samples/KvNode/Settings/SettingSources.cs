using System.Collections;
using Microsoft.Extensions.Configuration;

namespace KvNode.Settings;

/// <summary>Reads settings; what comes later wins: <c>kvnode.json</c> beside the program, <c>--config FILE</c>,
/// <c>REPLICATION__NAME</c> in the environment, the command line.</summary>
internal static class SettingSources
{
    private const string Section = "Replication";
    private const string EnvironmentPrefix = "REPLICATION__";

    public static NodeSettings Read(IReadOnlyList<string> arguments, IDictionary environment, string programDirectory)
    {
        NodeSettings settings = new();
        ReadFile(settings, Path.Combine(programDirectory, "kvnode.json"), optional: true);
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--config")
            {
                ReadFile(settings, ValueOf(arguments, ref i), optional: false);
            }
        }

        ReadEnvironment(settings, environment);
        ReadCommandLine(settings, arguments);
        return settings;
    }

    private static void ReadFile(NodeSettings settings, string path, bool optional)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            if (optional)
            {
                return;
            }

            throw new NodeException(ExitCode.BadSetting, $"--config {path}: there is no such file.");
        }

        try
        {
            IConfigurationRoot root = new ConfigurationBuilder().AddJsonFile(full).Build();
            foreach ((string key, string? value) in root.GetSection(Section).AsEnumerable(makePathsRelative: true))
            {
                if (key.Length > 0 && value is not null)
                {
                    ApplyNamed(settings, key, value, $"{path}: {Section}:{key}");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCode.BadSetting, $"{path} can't be read: {e.GetBaseException().Message}", e);
        }
    }

    private static void ReadEnvironment(NodeSettings settings, IDictionary environment)
    {
        foreach (DictionaryEntry entry in environment)
        {
            string name = (string)entry.Key;
            if (name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            {
                string key = name[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal);
                ApplyNamed(settings, key, (string?)entry.Value ?? "", name);
            }
        }
    }

    private static void ReadCommandLine(NodeSettings settings, IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string option = arguments[i];
            string value = ValueOf(arguments, ref i);
            if (option == "--config")
            {
                continue;
            }

            Setting setting = SettingTable.All.FirstOrDefault(s => s.Option == option)
                ?? throw new NodeException(ExitCode.BadSetting, $"{option} is not an option; see --help.");
            Apply(settings, setting, value, option);
        }
    }

    private static string ValueOf(IReadOnlyList<string> arguments, ref int i) =>
        ++i < arguments.Count
            ? arguments[i]
            : throw new NodeException(ExitCode.BadSetting, $"{arguments[i - 1]} needs a value; see --help.");

    private static void ApplyNamed(NodeSettings settings, string key, string value, string source)
    {
        string[] parts = key.Split(':');
        Setting? setting =
            SettingTable.All.FirstOrDefault(s => s.Name.Equals(parts[0], StringComparison.OrdinalIgnoreCase));
        if (setting is null || parts.Length != (setting.IsPerNode ? 2 : 1))
        {
            throw new NodeException(ExitCode.BadSetting, $"{source} is not a setting; see --help.");
        }

        Apply(settings, setting, setting.IsPerNode ? $"{parts[1]}={value}" : value, source);
    }

    private static void Apply(NodeSettings settings, Setting setting, string value, string source)
    {
        try
        {
            setting.Apply(settings, value);
        }
        catch (FormatException e)
        {
            throw new NodeException(ExitCode.BadSetting, $"{source} is \"{value}\": {e.Message}.", e);
        }
    }
}
