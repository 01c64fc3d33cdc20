// Reads a JSON list of expressions from its input. For each it writes a JSON list on a line of its own: the expression, and either null, where the
// timers of Azure Functions refuse it, or the next occurrences, and how many there are in a year and their SHA-256.
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NCrontab;

const int Shown = 5;
const int Counted = 2_000;
var start = new DateTime(2027, 11, 30, 23, 59, 58);
var json = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
var expressions = JsonSerializer.Deserialize<string[]>(Console.In.ReadToEnd()) ?? [];

foreach (var expression in expressions)
{
    var schedule = Read(expression);
    Console.Out.Write(JsonSerializer.Serialize(schedule is null ? [expression, null] : Describe(expression, schedule), json) + "\n");
}

// As CronSchedule of the timer extension reads it: whatever has not five fields has seconds. What it throws besides costs the function its timer, too.
CrontabSchedule? Read(string expression)
{
    var hasSeconds = expression.Split([' '], StringSplitOptions.RemoveEmptyEntries).Length != 5;
    try
    {
        return CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = hasSeconds });
    }
    catch (Exception)
    {
        return null;
    }
}

object?[] Describe(string expression, CrontabSchedule schedule)
{
    var year = schedule.GetNextOccurrences(start, start.AddYears(1)).Take(Counted).Select(Text).ToList();
    var next = schedule.GetNextOccurrences(start, DateTime.MaxValue).Take(Shown).Select(Text).ToList();
    var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', year))))[..16];
    return [expression, next, year.Count, hash];
}

static string Text(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss");
